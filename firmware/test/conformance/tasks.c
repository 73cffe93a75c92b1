/* Time, lock, sleep, and the clock of reactions. The suite is supervisor and worker: it gives the worker one order
 * after the other and waits, as long as it takes, for what must come of it. */
#include "conformance.h"
#include "board.h"
#include "tars.h"
#include "tars_os.h"

enum { NOTHING, ADD, SLEEP, SHORT, SPIN, HOST };
enum { STACK_LEAST = 4096, STACK_MOST = 1 << 28 }; /* what a worker needs at its entry, and what none has */
enum { ROUNDS = 10000, SPINS = 20, SLEEP_US = 5000, SHORT_US = 100, PATIENCE_US = 20000000 };

static volatile int order;
static volatile uint32_t stack_bytes, entries, sum, used_us, number;
static volatile bool survived, reached, resting;

/* The port calls these functions of the core, which isn't linked into this test. */
bool tars_idle(void) { return true; }
int64_t tars_next_deadline_us(void) { return INT64_MAX; }
uint8_t tars_worker_evidence(void) { return 0; }
uint8_t tars_supervisor_evidence(void) { return 0; }

/* Works until the time has come. */
static void work_until(int64_t until_us) {
  while (tars_os_now_us() < until_us) {
  }
}

/* Takes the lock for each of many additions. */
static void add(void) {
  for (int i = 0; i < ROUNDS; i++) {
    tars_os_lock();
    sum = sum + 1;
    tars_os_unlock();
  }
}

/* Carries out one order; the lock is not held. */
static void obey(int what) {
  int64_t now_us = tars_os_now_us();
  uint32_t this = ++number;
  if (what == ADD)
    add();
  else if (what != SLEEP)
    tars_os_reaction_begin(this, TARS_BOARD_REACTION_US);
  if (what == SPIN)
    for (;;) number = this; /* a loop without effects may be taken away */
  if (what == SHORT) {
    work_until(now_us + SHORT_US);
    used_us = tars_os_reaction_end();
  }
  if (what == HOST) {
    tars_os_call_enter();
    /* a loaded computer gives the task less processor time than passes on the wall */
    work_until(now_us + 100 * TARS_BOARD_REACTION_US);
    survived = true;
    tars_os_call_leave();
    reached = true;
    tars_os_reaction_end();
  }
}

/* The stack's lowest byte is the worker's own, and lies below all that it has put there. */
static void stack_look(void) {
  volatile uint8_t *lowest = tars_os_worker_stack(), here = 0;
  *lowest = *lowest; /* not another value: a kernel may watch it */
  stack_bytes = (uint32_t)(&here - lowest);
}

/* The worker: entered at start and after every abandoned reaction. */
void tars_worker_run(void) {
  stack_look();
  tars_os_lock();
  entries = entries + 1;
  for (;;) {
    int what = order;
    resting = what == NOTHING;
    if (what == SLEEP) {
      int64_t until_us = tars_os_now_us() + SLEEP_US;
      while (tars_os_now_us() < until_us) tars_os_worker_wait(until_us);
      order = NOTHING;
    } else if (what != NOTHING) {
      order = NOTHING; /* it may be abandoned */
      tars_os_unlock();
      obey(what);
      tars_os_lock();
    } else {
      tars_os_supervisor_notify();
      tars_os_worker_wait(INT64_MAX);
    }
  }
}

/* Gives an order and waits until the worker is at rest again, after `abandoned` new entries. */
static void command(int what, uint32_t abandoned) {
  int64_t end_us = tars_os_now_us() + PATIENCE_US;
  tars_os_lock();
  uint32_t before = entries;
  order = what;
  resting = false;
  tars_os_worker_notify();
  while ((!resting || order != NOTHING || entries != before + abandoned) && tars_os_now_us() < end_us)
    tars_os_supervisor_wait(tars_os_now_us() + 1000);
  CHECK(resting && order == NOTHING && entries == before + abandoned);
  tars_os_unlock();
}

/* Both tasks add under the lock; no addition is lost. */
static void lock_keeps(void) {
  tars_os_lock();
  order = ADD;
  sum = 0;
  tars_os_worker_notify();
  tars_os_unlock();
  add();
  int64_t end_us = tars_os_now_us() + PATIENCE_US;
  tars_os_lock();
  while (sum < 2 * ROUNDS && tars_os_now_us() < end_us) tars_os_supervisor_wait(tars_os_now_us() + 1000);
  tars_os_unlock();
  CHECK(sum == 2 * ROUNDS);
}

void conformance_tasks(void) {
  int64_t before_us = tars_os_now_us();
  tars_os_lock();
  while (!resting && tars_os_now_us() < before_us + PATIENCE_US) /* the worker has yet to start */
    tars_os_supervisor_wait(tars_os_now_us() + 1000);
  tars_os_unlock();
  command(NOTHING, 0);
  CHECK(stack_bytes >= STACK_LEAST && stack_bytes < STACK_MOST);
  lock_keeps();
  int64_t slept_us = tars_os_now_us();
  command(SLEEP, 0);
  CHECK(tars_os_now_us() >= slept_us + SLEEP_US && slept_us >= before_us);
  command(SHORT, 0);
  CHECK(used_us <= TARS_BOARD_REACTION_US);
  for (int i = 0; i < SPINS; i++) command(SPIN, 1);
  command(HOST, 1);
  CHECK(survived && !reached); /* not inside the host call, but at its end */
  command(SHORT, 0);
  uint32_t rest = entries;
  int64_t later_us = tars_os_now_us() + 5 * TARS_BOARD_REACTION_US;
  tars_os_lock();
  while (tars_os_now_us() < later_us) tars_os_supervisor_wait(later_us);
  tars_os_unlock();
  CHECK(entries == rest); /* an alarm of a reaction that has ended does nothing */
}
