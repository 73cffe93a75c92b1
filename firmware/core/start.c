/* Start-up, and what the port asks about time. */
#include "board.h" /* TARS_BOARD_POOL, _STACK */
#include "core.h"
#include "due.h"
#include "log.h"
#include "slot.h"
#include "supervisor.h"
#include "tars_os.h"
#include "worker.h"

static _Alignas(TARS_ARENA_ALIGN) uint8_t pool[TARS_BOARD_POOL];

int tars_init(const tars_hooks *hooks) {
  tars_core = (tars_core_data){ .poll_us = 0 };
  if (hooks != NULL) tars_core.hooks = *hooks;
  tars_log_clear();
  tars_slot_init();
  tars_arena_init(&tars_core.pool, pool, sizeof pool);
  return tars_engine_init(&tars_core.pool, TARS_BOARD_STACK);
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
