/* An app on the fake board: installing, trials, and what tests ask most. */
#ifndef RIG_H
#define RIG_H

#include "check.h"
#include "fake_port.h"
#include "make.h"
#include "tars_calls.h"
#include "tars_errors.h"

/* Detail of the last refusal; gap of the last swap. */
extern char rig_detail[128];
extern uint32_t rig_gap_us;

/* Stages an app of `count` modules that make_end() has put together; 0 or a negative error. */
int rig_stage(const tars_module_source *modules, int count);
/* Stages and swaps: a trial. */
int rig_try(const tars_module_source *modules, int count);
void rig_commit(void);
void rig_revert(void);
/* Stages, swaps and commits. */
int rig_install(const tars_module_source *modules, int count);
/* Puts one module together and installs it alone. */
int rig_install_one(make *m);

tars_behaviour_stats rig_stats(const char *name);
uint8_t rig_status(const char *name);
/* Value of an integer parameter; INT64_MIN if there is none. */
int64_t rig_param(const char *behaviour, const char *name);
int rig_param_set(const char *behaviour, const char *name, int64_t value);
int rig_publish(const char *topic, int64_t field);
/* tars_log_at() among the lines that are no change of status. */
int rig_log_at(int index, tars_log_line *line);

/* A behaviour that toggles a pin every `period_us`. */
void rig_toggler(make *m, const char *name, const char *pin, int64_t period_us);
/* A behaviour that counts its reactions to source 1 in a retained variable, which is also its parameter `n`, and
 * publishes the count on `topic`. */
void rig_counter(make *m, const char *name, const char *topic, int64_t period_us);

#endif
