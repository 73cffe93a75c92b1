/* Start-up of the core, its idle state and its next deadline, and small functions on texts and apps. */
#include "core.h"

#include <string.h> /* memcmp, memcpy */

#include "board.h" /* TARS_BOARD_POOL, _STACK */
#include "due.h"
#include "log.h"
#include "slot.h"
#include "supervisor.h"
#include "tars_os.h"
#include "worker.h"

tars_core_data tars_core;

static _Alignas(TARS_ARENA_ALIGN) uint8_t pool[TARS_BOARD_POOL];

int tars_init(const tars_hooks *hooks) {
  tars_core = (tars_core_data){ .poll_us = 0 };
  if (hooks != NULL) tars_core.hooks = *hooks;
  tars_log_clear();
  tars_slot_init();
  tars_arena_init(&tars_core.pool, pool, sizeof pool);
  return tars_engine_init(&tars_core.pool, TARS_BOARD_STACK);
}

bool tars_text_equal(tars_text a, tars_text b) { return a.size == b.size && memcmp(a.text, b.text, a.size) == 0; }

/* An absent text has no address and stays as it is. */
void tars_text_keep(tars_text *text, char **words) {
  if (text->size > 0) memcpy(*words, text->text, text->size);
  text->text = *words;
  *words += text->size;
}

tars_behaviour *tars_app_named(const tars_app *app, tars_text name) {
  for (uint8_t i = 0; i < app->count; i++)
    if (tars_text_equal(app->behaviours[i]->manifest.name, name)) return app->behaviours[i];
  return NULL;
}

bool tars_app_holds(const tars_app *app, const tars_behaviour *b) {
  for (uint8_t i = 0; i < app->count; i++)
    if (app->behaviours[i] == b) return true;
  return false;
}

bool tars_idle(void) {
  tars_os_lock();
  int64_t now = tars_os_now_us();
  bool idle = tars_core.worker_waits && tars_core.supervisor_waits && !tars_worker_pending(now) &&
              !tars_supervisor_pending(now);
  tars_os_unlock();
  return idle;
}

int64_t tars_next_deadline_us(void) {
  tars_os_lock();
  int64_t due = tars_due_next(), supervisor = tars_supervisor_next();
  tars_os_unlock();
  return due < supervisor ? due : supervisor;
}

/* Each slot remembers the free bytes of its arena as of its last load, restart or unload: the arena itself may be in
 * use by the supervisor now. */
uint32_t tars_pool_free(void) {
  tars_os_lock();
  uint32_t free = tars_core.pool.free;
  for (uint8_t i = 0; i < tars_slot_count; i++) free += tars_slots[i].free;
  tars_os_unlock();
  return free;
}

uint32_t tars_abandoned_count(void) {
  tars_os_lock();
  uint32_t abandoned = tars_core.abandoned;
  tars_os_unlock();
  return abandoned;
}
