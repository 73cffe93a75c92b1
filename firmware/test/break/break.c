/* The board's image with a way to break it, for tests only: a message on the topic `break` does what its number says; a
 * behaviour that logs `break fault` or `break hold` breaks what the worker runs. In this image those who call the real
 * functions are compiled to call these; nothing of this is in the image that ships. */
#include "../../core/log.h"
#include "port.h" /* watchdog */
#include "tars.h"
#include "tars_engine.h"
#include "tars_install.h"
#include "tars_os.h"

#include <stdlib.h>
#include <string.h>

enum { LINK_STANDS = 1, SUPERVISOR_STANDS, FAULT, BUS, HEAP, ABORT, LOADER_FAULTS, LOADER_STANDS, LOADER_FINE, NOBODY };
enum { REACTION_FAULTS = 11 };
enum { MARK = 0x10ade400 };
enum { ALIVE_NOBODY = 8 }; /* the watchdog waits for a task that does not exist, as for one that is stuck */

int break_topic_publish(tars_text topic, const tars_value *fields, int count);
int64_t break_install_poll(int64_t now_us);
int break_engine_load(tars_arena *arena, uint8_t *image, uint32_t size, const tars_manifest *manifest,
                      tars_engine_module **module, char *reason, uint32_t reason_size);
void break_log_add(const tars_behaviour *b, tars_text text, const uint32_t *fields, uint16_t floats, uint8_t count,
                   int64_t time_us);

static volatile bool supervisor_stands;
/* MARK and what the loader, or a reaction since the next start, does to a behaviour of the name `fatal`; from one reset
 * to the next. */
static volatile uint32_t loader __attribute__((section(".noinit")));
static volatile bool reaction_faults;
static void *volatile piece;

/* Spins for ever, with interrupts on. */
static void stand(void) {
  for (volatile int turns = 0;; turns++) {
  }
}

static void fault(void) { __asm volatile("udf #0"); }

static bool text_is(tars_text text, const char *expected) {
  return text.size == strlen(expected) && memcmp(text.text, expected, text.size) == 0;
}

/* Breaks what the link's task runs or holds. */
static void break_by(int64_t how) {
  if ((how >= LOADER_FAULTS && how <= LOADER_FINE) || how == REACTION_FAULTS) loader = MARK + (uint32_t)how;
  if (how == NOBODY) tars_watchdog_expect(ALIVE_NOBODY);
  if (how == LINK_STANDS) stand();
  if (how == SUPERVISOR_STANDS) {
    supervisor_stands = true;
    tars_os_supervisor_notify();
  }
  if (how == FAULT) fault();
  if (how == BUS) (void)*(volatile uint32_t *)0xf0000000u;
  if (how == HEAP) piece = malloc(1);
  if (how == ABORT) abort();
}

/* Stands in the place of tars_topic_publish(): a message on `break` is carried out, any other one passes. */
int break_topic_publish(tars_text topic, const tars_value *fields, int count) {
  if (text_is(topic, "break") && count == 1) break_by(fields[0].i);
  return tars_topic_publish(topic, fields, count);
}

/* Stands in the place of tars_install_poll(): breaks what the supervisor's task runs or holds. */
int64_t break_install_poll(int64_t now_us) {
  if (supervisor_stands) stand();
  return tars_install_poll(now_us);
}

/* Stands in the place of tars_engine_load() where the core loads a module. */
int break_engine_load(tars_arena *arena, uint8_t *image, uint32_t size, const tars_manifest *manifest,
                      tars_engine_module **module, char *reason, uint32_t reason_size) {
  if (text_is(manifest->name, "fatal")) {
    if (loader == MARK + LOADER_FAULTS) fault();
    if (loader == MARK + LOADER_STANDS) stand();
    reaction_faults = loader == MARK + REACTION_FAULTS;
  }
  return tars_engine_load(arena, image, size, manifest, module, reason, reason_size);
}

/* Stands in the place of tars_log_add() where a guest logs, in the worker and with the core's lock. */
void break_log_add(const tars_behaviour *b, tars_text text, const uint32_t *fields, uint16_t floats, uint8_t count,
                   int64_t time_us) {
  if (text_is(text, "break fault")) fault();
  if (text_is(text, "break hold")) stand();
  if (text_is(text, "fine") && reaction_faults) fault();
  tars_log_add(b, text, fields, floats, count, time_us);
}
