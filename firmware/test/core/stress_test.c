/* Everything at once on the posix port: reactions, edges, messages, parameters, faults, stops and starts, while one
 * trial follows the other. In the first second every third trial is reverted; in the second, messages are sent and all
 * that was sent must have been counted. On a loaded computer it takes as long as it takes. Meant for sanitizers. */
#include "make.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "port.h"
#include "tars_sim.h"
#include "tars_calls.h"
#include "tars_engine.h"
#include "tars_errors.h"
#include "tars_os.h"

enum { PHASE_US = 1000000, WAITING_MAX = 8, TRIALS_LEAST = 50, SENT_LEAST = 100, PATIENCE_US = 20000000 };

static make versions[2], neighbour;
static _Atomic bool reverting = true, last_wanted, last_done;
static _Atomic int trials, failures;

/* Counts messages in `n`, toggles at 1 kHz and at edges, and arms a timer; version 1 has a variable more. */
static void version_make(int version) {
  make *m = &versions[version];
  make_begin(m, "counter");
  make_call(m, TARS_CALL_GPIO_TOGGLE);
  make_call(m, TARS_CALL_TIMER_AFTER);
  if (version == 1) make_global(m, 7, 0x7777, false);
  uint8_t n = (uint8_t)make_global(m, 0, 0x1234, true);
  make_gpio_out(m, "LED", 0, 0);
  make_subscribe(m, "in", "n:i32", 16);
  make_param_i32(m, "n", (uint8_t)version, 0, 100000000);
  make_gpio_in(m, "PC13", 1, 1, 1000);
  m->timers = 1;
  make_every(m, 1000, 0);
  make_source(m, TARS_SOURCE_MESSAGE, 1, 0);
  make_source(m, TARS_SOURCE_EDGE, 3, 3);
  MAKE_BODY(m, LOCAL_GET(0), I32(2), EQ, IF, GLOBAL_GET(n), I32(1), ADD, GLOBAL_SET(n), RETURN, END, I32(0), CALL(0),
            I32(0), 0x42, 0xf4, 0x03, CALL(1));
}

/* Publishes a message to the counter's topic at 500 Hz and faults now and then; what it sends isn't counted here. */
static void neighbour_make(void) {
  make_begin(&neighbour, "neighbour");
  make_call(&neighbour, TARS_CALL_MSG_PUT_I32);
  make_call(&neighbour, TARS_CALL_MSG_SEND);
  make_global(&neighbour, 0, 0, false);
  make_publish(&neighbour, "noise", 0, "n:i32");
  make_every(&neighbour, 2000, 0);
  neighbour.restart_ms = 10;
  neighbour.restart_most = 0;
  MAKE_BODY(&neighbour, GLOBAL_GET(0), I32(1), ADD, GLOBAL_SET(0), GLOBAL_GET(0), CALL(0), I32(0), CALL(1),
            GLOBAL_GET(0), I32(50), EQ, IF, UNREACHABLE, END);
}

/* The modules of a version of the app, made once. */
static const tars_module_source *app_of(int version) {
  static tars_module_source modules[2][2];
  static bool made;
  for (int i = 0; i < 2 && !made; i++) modules[i][0] = make_end(&versions[i]);
  if (!made) modules[0][1] = modules[1][1] = make_end(&neighbour);
  made = true;
  return modules[version];
}

/* In the supervisor: begins a trial every 3 ms. */
static int64_t poll(int64_t now_us) {
  char detail[128];
  bool last = atomic_load(&last_wanted);
  if (atomic_load(&last_done)) return INT64_MAX;
  int trial = atomic_fetch_add(&trials, 1);
  int err = tars_app_stage(app_of(trial % 2), 2, detail, sizeof detail);
  if (!err) err = tars_app_swap(NULL);
  if (atomic_load(&reverting) && trial % 3 == 2)
    tars_app_revert();
  else
    tars_app_commit();
  if (err) atomic_fetch_add(&failures, 1);
  if (last) atomic_store(&last_done, true);
  return now_us + 3000;
}

static void *supervisor(void *unused) {
  (void)unused;
  tars_supervisor_run();
  return NULL;
}

static tars_text text(const char *words) { return (tars_text){ words, (uint16_t)strlen(words) }; }

/* In the link's task: asks everything that any task may ask. */
static void ask(int round) {
  tars_behaviour_info info;
  tars_behaviour_stats stats;
  tars_param_info param;
  tars_topic_info topic;
  tars_log_line line;
  tars_value value = { .type = TARS_VALUE_INT, .i = round };
  for (int i = 0; tars_behaviour_at(i, &info) == 0; i++) {
  }
  tars_behaviour_stats_get(text("counter"), &stats);
  tars_param_at(0, &param);
  tars_param_get(text("counter"), text("n"), &value);
  tars_topic_at(0, &topic);
  tars_log_at(0, &line);
  if (round % 50 == 10) tars_behaviour_stop(text("neighbour"));
  if (round % 50 == 20) tars_behaviour_start(text("neighbour"));
  tars_sim_gpio_drive(text("PC13"), (uint8_t)(round / 5 % 2));
  CHECK(tars_pool_free() > 0);
}

static void sleep_us(long us) { nanosleep(&(struct timespec){ .tv_nsec = us * 1000 }, NULL); }

/* Starts worker and supervisor. */
static void threads_start(void) {
  static const tars_hooks hooks = { .poll = poll };
  pthread_t threads[2];
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, tars_reaction_signal());
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  tars_clock_init(false);
  CHECK_EQUAL(tars_init(&hooks), 0);
  pthread_create(&threads[0], NULL, tars_reaction_worker, NULL);
  pthread_create(&threads[1], NULL, supervisor, NULL);
}

/* Messages that were counted: the live value of `n`, which is taken from the variable at a swap. */
static int counted(void) {
  tars_value value;
  CHECK_EQUAL(tars_param_get(text("counter"), text("n"), &value), 0);
  return (int)value.i;
}

/* Sends a message unless too many may wait already: a full queue would drop it. */
static int send(int sent) {
  tars_value message = { .type = TARS_VALUE_INT, .i = 1 };
  if (sent - counted() > WAITING_MAX) return 0;
  CHECK_EQUAL(tars_topic_publish(text("in"), &message, 1), 0);
  return 1;
}

int main(void) {
  int rounds = 0, sent = 0;
  version_make(0);
  version_make(1);
  neighbour_make();
  threads_start();
  while (atomic_load(&trials) < 1) sleep_us(500);
  while (tars_os_now_us() < PHASE_US || atomic_load(&trials) < TRIALS_LEAST) {
    ask(rounds++);
    sleep_us(500);
  }
  atomic_store(&reverting, false);
  for (int before = atomic_load(&trials); atomic_load(&trials) < before + 2;)
    sleep_us(500); /* the last that is reverted has ended */
  while (tars_os_now_us() < 2 * PHASE_US || sent < SENT_LEAST) {
    ask(rounds++);
    sent += send(sent);
    sleep_us(500);
  }
  for (int64_t end_us = tars_os_now_us() + PATIENCE_US; counted() < sent && tars_os_now_us() < end_us;) sleep_us(500);
  atomic_store(&last_wanted, true);
  while (!atomic_load(&last_done)) sleep_us(1000);
  CHECK_EQUAL(counted(), sent);
  CHECK_EQUAL(atomic_load(&failures), 0);
  CHECK_EQUAL(tars_engine_stray_allocations(), 0);
  printf("%d trials, %d rounds of questions, %d messages\n", atomic_load(&trials), rounds, sent);
  return check_report("stress");
}
