/* Spinning guests on the posix port: real threads, real alarms, the real interpreter left in the middle. A spin in
 * plain code and one around a bus transfer, four hundred times each, beside a 100 Hz neighbour. */
#include "make.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "board.h" /* TARS_BOARD_REACTION_US */
#include "check.h"
#include "port.h"
#include "tars_sim.h"
#include "tars_calls.h"
#include "tars_engine.h"
#include "tars_os.h"

enum { SPINS = 400, WARM = 100, STEADY_KIB = 64, PERIOD_US = 10000, CATCHUP = 16, PATIENCE_US = 20000000 };

static make spinner, neighbour;
static tars_module_source app[2];
static _Atomic int wanted, installed; /* modules that the test wants, and those that the supervisor has installed */
static _Atomic int spins;
static int64_t begun_ns, used_us[SPINS];

static int64_t processor_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The worker tells when a reaction begins and when its fault is recorded. */
static void on_trace(const char *line) {
  if (line[0] == 'R') begun_ns = processor_ns();
  int spin = atomic_load(&spins);
  if (line[0] != 'F' || strstr(line, "spin 97") == NULL) return;
  if (spin < SPINS) used_us[spin] = (processor_ns() - begun_ns) / 1000;
  atomic_fetch_add(&spins, 1);
}

/* The supervisor installs what is wanted. */
static int64_t poll(int64_t now_us) {
  char detail[128];
  int count = atomic_load(&wanted);
  (void)now_us;
  if (count == atomic_load(&installed)) return INT64_MAX;
  CHECK_EQUAL(tars_app_stage(app, count, detail, sizeof detail), 0);
  CHECK_EQUAL(tars_app_swap(NULL), 0);
  tars_app_commit();
  atomic_store(&installed, count);
  return INT64_MAX;
}

static void *supervisor(void *unused) {
  (void)unused;
  tars_supervisor_run();
  return NULL;
}

static void sleep_ms(long ms) {
  nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* Installs the first `count` modules. */
static void install(int count) {
  atomic_store(&wanted, count);
  tars_os_supervisor_notify();
  while (atomic_load(&installed) != count) sleep_ms(1);
}

/* Resident memory. statm counts in batches of pages for each processor; this sum is exact. */
static long resident_kib(void) {
  char line[128];
  long kib = -1;
  FILE *file = fopen("/proc/self/smaps_rollup", "r");
  while (file != NULL && kib < 0 && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "Rss: %ld", &kib) != 1) kib = -1;
  if (file != NULL) fclose(file);
  CHECK(kib > 0);
  return kib;
}

/* Ticks that the neighbour skipped because the host kept the whole process from running for longer than its queue
 * holds. */
static uint32_t overruns(void) {
  tars_behaviour_stats stats = { 0 };
  CHECK_EQUAL(tars_behaviour_stats_get((tars_text){ "neighbour", 9 }, &stats), 0);
  return stats.overruns + stats.dropped;
}

/* The neighbour's edges so far, with the time just before and just after they were counted: the process may be held up
 * in between. */
typedef struct {
  int64_t after_us, before_us;
  uint32_t count;
} edges;

static edges edges_now(void) {
  uint8_t level;
  edges now = { .after_us = tars_os_now_us() };
  CHECK_EQUAL(tars_sim_gpio_get((tars_text){ "LED", 3 }, &level, &now.count), 0);
  now.before_us = tars_os_now_us();
  return now;
}

/* Edges that are missing since `from`; one that is only late comes soon. */
static int64_t missing(edges from) {
  int64_t count, end_us = tars_os_now_us() + PATIENCE_US;
  do {
    edges to = edges_now();
    count = (to.after_us - from.before_us) / PERIOD_US - (int64_t)(to.count - from.count) - overruns();
    CHECK((int64_t)(to.count - from.count) <= (to.before_us - from.after_us) / PERIOD_US + 1 + CATCHUP);
  } while (count > 1 && tars_os_now_us() < end_us);
  return count;
}

static int compare(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

/* Toggles a pin every 10 ms, before the spinner if both have an event. */
static void neighbour_make(void) {
  make_begin(&neighbour, "neighbour");
  make_call(&neighbour, TARS_CALL_GPIO_TOGGLE);
  make_gpio_out(&neighbour, "LED", 0, 0);
  make_every(&neighbour, PERIOD_US, CATCHUP);
  neighbour.priority = 1;
  MAKE_BODY(&neighbour, LOCAL_GET(0), EQZ, BR_IF(0), I32(0), CALL(0));
}

/* Waits for spins, and starts the spinner whenever it is parked. */
static void spins_await(int count) {
  while (atomic_load(&spins) < count) {
    tars_behaviour_start((tars_text){ "spin", 4 });
    sleep_ms(1);
  }
}

/* Spins of the spinner as it is made now. */
static void spin(const char *kind, int64_t late_us) {
  spinner.restart_most = 1; /* parked, and started again at once */
  spinner.load = TARS_LIMIT_LOAD_WHOLE;
  neighbour_make();
  app[0] = make_end(&neighbour);
  app[1] = make_end(&spinner);
  uint32_t free = tars_pool_free(), abandoned = tars_abandoned_count();
  atomic_store(&spins, 0);
  install(2);
  edges before = edges_now();
  spins_await(WARM);
  resident_kib(); /* the measurement's own code is resident from here on */
  long warm_kib = resident_kib();
  spins_await(SPINS);
  long grown_kib = resident_kib() - warm_kib;
  int64_t gone = missing(before);
  uint32_t skipped = overruns();
  install(0);
  CHECK_EQUAL(tars_pool_free(), free);
  CHECK(tars_abandoned_count() - abandoned >= SPINS);
  CHECK(gone <= 1);
  CHECK(grown_kib <= STEADY_KIB);
  qsort(used_us, SPINS, sizeof *used_us, compare);
  CHECK(used_us[0] >= TARS_BOARD_REACTION_US);
  CHECK(used_us[SPINS * 9 / 10] <=
        TARS_BOARD_REACTION_US + late_us); /* the last ones depend on what the host's scheduler takes */
  printf("%s: median %lld us, 99.9 %% %lld us, most %lld us of processor time; %ld KiB grown; neighbour's edges "
         "missing: %lld, and skipped while the host was busy: %u\n",
         kind, (long long)used_us[SPINS / 2], (long long)used_us[SPINS - 2], (long long)used_us[SPINS - 1], grown_kib,
         (long long)gone, (unsigned)skipped);
}

int main(void) {
  static const tars_hooks hooks = { .poll = poll };
  pthread_t threads[2];
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, tars_reaction_signal());
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  tars_clock_init(false);
  CHECK_EQUAL(tars_init(&hooks), 0);
  tars_trace = on_trace;
  pthread_create(&threads[0], NULL, tars_reaction_worker, NULL);
  pthread_create(&threads[1], NULL, supervisor, NULL);
  uint32_t free = tars_pool_free();

  make_begin(&spinner, "spin");
  MAKE_BODY(&spinner, LOOP, BR(0), END);
  spin("plain code", 500);

  make_begin(&spinner, "spin");
  make_call(&spinner, TARS_CALL_I2C_READ_I16BE);
  make_i2c(&spinner, "I2C1", 0x48, 100);
  MAKE_BODY(&spinner, LOOP, I32(0), I32(0), CALL(0), DROP, BR(0), END);
  spin("bus transfers", 1500);

  CHECK_EQUAL(tars_pool_free(), free);
  CHECK_EQUAL(tars_engine_stray_allocations(), 0);
  return check_report("spin");
}
