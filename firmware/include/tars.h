/* The core's interface for ports, agent and updates. Functions return 0 or a negative error of the contract
 * (firmware/gen/tars_errors.h) unless they say otherwise. "Supervisor only": call from the supervisor's context. */
#ifndef TARS_H
#define TARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tars_limits.h" /* TARS_LIMIT_* */
#include "tars_place.h"

/* One number of a message, log line or parameter. */
typedef struct {
  enum { TARS_VALUE_INT, TARS_VALUE_FLOAT } type;
  union {
    int64_t i;
    float f;
  };
} tars_value;

/* Text inside somebody else's bytes; not zero-terminated. */
typedef struct {
  const char *text;
  uint16_t size;
} tars_text;

/* ---- start-up and the two tasks ---- */

/* What the core asks of the layers above it. All may be NULL. Observers run with the core's lock held: they only
 * copy. */
typedef struct {
  void (*log)(int64_t time_us, tars_text behaviour, tars_text text, const tars_value *fields, int count);
  void (*message)(int64_t time_us, tars_text topic, const tars_value *fields, int count);
  void (*status)(int64_t time_us, tars_text behaviour, uint8_t status, uint8_t code);
  /* Checkpoint of retained variables, from the supervisor without the lock: `record` as tars_retain_* wrote it. */
  int (*retain_save)(tars_text behaviour, const uint8_t *record, uint32_t size);
  /* Returns the size, 0 if there is none, or a negative error. */
  int (*retain_load)(tars_text behaviour, uint8_t *record, uint32_t capacity);
  /* Called by the supervisor whenever it wakes; returns the next time it wants to be called, INT64_MAX for never. */
  int64_t (*poll)(int64_t now_us);
  /* A behaviour that is part of a trial faulted; the trial should be reverted at the next poll. `reason`: the engine's
   * words about a trap, else empty. */
  void (*trial_failed)(tars_text behaviour, uint8_t code, const char *reason);
} tars_hooks;

/* To be called before any task runs: sets up memory, engine and tables. */
int tars_init(const tars_hooks *hooks);
/* Bodies of the two tasks; neither returns. The port starts them, the worker at the lowest priority. */
void tars_worker_run(void);
void tars_supervisor_run(void);

/* ---- events from the port, any context that may take the lock ---- */

/* Electrical edge of an input pin. */
void tars_event_edge(uint16_t resource, bool level, int64_t time_us);
/* Bytes have come to a serial port; those that it could not hold, `lost` of them, are gone. */
void tars_event_uart(uint16_t resource, uint32_t lost, int64_t time_us);

/* Virtual clock: true when no event is queued, no reaction runs and the supervisor has nothing to do now. */
bool tars_idle(void);
/* Earliest timer, debounce or supervisor deadline, INT64_MAX if none. */
int64_t tars_next_deadline_us(void);

/* ---- the app: supervisor only ---- */

/* Reads `size` bytes at `offset` of a module. */
typedef int (*tars_read_fn)(void *context, uint32_t offset, void *bytes, uint32_t size);

typedef struct {
  uint8_t digest[32]; /* SHA-256 of the module's bytes, already verified */
  uint32_t size;
  tars_read_fn read;
  void *context;
  const uint8_t *bytes; /* where it lies, if that is memory which stays as it is while the module is loaded; or NULL */
} tars_module_source;

/* Loads what the running app lacks into free slots, checks everything (ABI, manifest, calls, resources, conflicts,
 * memory). Nothing running changes. `detail`, if not NULL, gets a short static or formatted reason (name of the call,
 * bytes missing). */
TARS_PLACE int tars_app_stage(const tars_module_source *modules, int count, char *detail, uint32_t detail_size);
/* Drops a staged app. */
void tars_app_unstage(void);
/* Makes the staged app the running one, between two reactions; the old instances stay frozen. `gap_us`: longest
 * processor time between the last reaction of an old and the first of its new version. */
TARS_PLACE int tars_app_swap(uint32_t *gap_us);
/* The new app stays: frozen instances are unloaded, shadowed checkpoints written. */
void tars_app_commit(void);
/* Ends the trial: the app that was frozen goes on with its old state. */
void tars_app_revert(void);
bool tars_app_in_trial(void);

/* ---- evidence: whose doing it was that the board failed ---- */

/* From now on a failure by an app that is being staged, or by its reactions before it is committed, is evidence of
 * `what`, a number that only the caller understands; 0 is nothing. Supervisor only. */
void tars_app_blame(uint8_t what);
/* The same for an app that is committed, and for its behaviours that a trial has taken over as they are. */
void tars_app_blame_committed(uint8_t what);
/* What it is evidence of if the worker fails now: a reaction, or the swap to a new app; 0 if it does anything else.
 * From the port, when the board has failed: reads without the lock. */
uint8_t tars_worker_evidence(void);
/* The same for the supervisor, which loads modules and makes instances. */
uint8_t tars_supervisor_evidence(void);

/* ---- questions and commands from links; any task, they take the lock ---- */

/* Texts of an answer lie in its own `words`: what they were copied from may be unloaded as soon as the lock is free. */

typedef struct {
  tars_text name;
  uint8_t status, priority, fault;
  uint8_t digest[32];
  uint32_t size, faults;
  bool trial;
  char words[TARS_LIMIT_NAME];
} tars_behaviour_info;

typedef struct {
  uint32_t reactions, events, dropped, overruns, limited, restarts, longest_us, arena, saves, deferred, throttled, late;
  uint16_t load, used; /* permille: allowed, and used in the last whole window */
  uint8_t queue;
} tars_behaviour_stats;

typedef struct {
  tars_text behaviour, name, unit;
  uint8_t type; /* contract: paramTypes */
  tars_value value, min, max;
  char words[2 * TARS_LIMIT_NAME + 16]; /* behaviour, name, unit */
} tars_param_info;

typedef struct {
  tars_text topic, schema;
  uint8_t publishers, subscribers;
  uint32_t messages;
  char words[TARS_LIMIT_TOPIC + TARS_LIMIT_SCHEMA];
} tars_topic_info;

/* A behaviour by its index in the app; -unknown past the end. */
int tars_behaviour_at(int index, tars_behaviour_info *info);
int tars_behaviour_stats_get(tars_text name, tars_behaviour_stats *stats);
int tars_behaviour_start(tars_text name);
int tars_behaviour_stop(tars_text name);
int tars_param_at(int index, tars_param_info *info);
int tars_param_get(tars_text behaviour, tars_text name, tars_value *value);
/* Returns 1 if the value is retained and must be stored (tars_param_keep) before anybody is told that it is set. */
int tars_param_set(tars_text behaviour, tars_text name, tars_value value);
/* Stores what waits for it; supervisor only. */
int tars_param_keep(void);
int tars_topic_at(int index, tars_topic_info *info);
/* A message from outside; checked against the topic's schema. */
int tars_topic_publish(tars_text topic, const tars_value *fields, int count);
/* A line of the log ring, of a behaviour or of the board itself (no behaviour); or a change of a behaviour's status,
 * which has `status` and `code` as the hook `status` gets them, and neither text nor fields. */
typedef struct {
  int64_t time_us;
  char behaviour[33], text[121];
  tars_value fields[16];
  uint8_t count;
  bool is_status;
  uint8_t status, code;
} tars_log_line;
/* Copies line `index` (0 = oldest); -unknown past the end. */
int tars_log_at(int index, tars_log_line *line);
/* Adds a line about the board itself. */
void tars_log_note(tars_text text);

/* Free bytes of all arenas and the engine's pool; reactions abandoned. */
uint32_t tars_pool_free(void);
uint32_t tars_abandoned_count(void);

/* ---- trace: one line a reaction and a host call, for tests; NULL is off ---- */
extern void (*tars_trace)(const char *line);

#endif
