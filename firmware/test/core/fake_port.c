/* The operating system's side of the fake port. */
#include "fake_port.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "tars_board.h"
#include "tars_engine.h"
#include "tars_os.h"

fake_state fake;

/* Most reactions in one call of fake_settle(); tests have fewer than 1,000. */
#define MOST_REACTIONS 10000

static uint32_t reactions;
static jmp_buf worker_sleeps, worker_again, supervisor_sleeps;
static uint32_t notices, steps; /* to the worker, and of the core, since the lock was taken */
static bool locked, worker_notified, supervisor_notified, in_worker, armed, abandoning;
static int hosting;
static int64_t worker_until_us, supervisor_until_us; /* how long they sleep if nobody notifies them */
static void (*supervisor_call)(void);

/* Files that CMakeLists.txt builds so call it at the beginning of each straight piece of their code. Weak: a fuzzer
 * brings its own. */
__attribute__((weak)) void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void) { steps++; }

int64_t tars_os_now_us(void) { return fake.now_us += fake.look_us; }

void tars_os_lock(void) {
  if (locked) tars_os_panic(100, "the lock was taken twice");
  locked = true;
  notices = steps = 0;
}

static void release(void) {
  if (steps > fake.held) fake.held = steps;
  locked = false;
}

void tars_os_unlock(void) {
  if (!locked) tars_os_panic(101, "the lock was not held");
  release();
}

/* True if the worker is to wake: a sleeper that nobody notified sleeps on, as on a real board. */
static bool worker_called(void) { return worker_notified || worker_until_us <= fake.now_us; }

/* True if the supervisor is to wake. */
static bool supervisor_called(void) { return supervisor_notified || supervisor_until_us <= fake.now_us; }

/* Runs the worker until it sleeps. */
static void worker_run(void) {
  worker_notified = false;
  in_worker = true;
  if (setjmp(worker_sleeps) == 0) {
    if (setjmp(worker_again) != 0) abandoning = false;
    tars_worker_run();
  }
  in_worker = false;
}

void tars_os_worker_wait(int64_t until_us) {
  CHECK(locked);
  if (worker_notified || until_us <= tars_os_now_us()) {
    worker_notified = false;
    return;
  }
  worker_until_us = until_us;
  release();
  longjmp(worker_sleeps, 1);
}

void tars_os_worker_notify(void) {
  worker_notified = true;
  if (locked && ++notices > fake.entered) fake.entered = notices;
}

void tars_os_supervisor_wait(int64_t until_us) {
  CHECK(locked);
  if (until_us <= fake.now_us) return; /* a port may do so, and then nobody of a lower priority has run */
  tars_os_unlock();
  if (!supervisor_notified && worker_called()) worker_run();
  tars_os_lock();
  if (supervisor_notified || until_us <= fake.now_us) {
    supervisor_notified = false;
    return;
  }
  supervisor_until_us = until_us;
  release();
  longjmp(supervisor_sleeps, 1);
}

void tars_os_supervisor_notify(void) { supervisor_notified = true; }

void tars_os_supervisor_share(bool on) {
  CHECK(on != fake.sharing && !locked);
  fake.sharing = on;
}

/* A core that always finds something to do would never end the test. */
void tars_os_reaction_begin(uint32_t number, uint32_t budget_us) {
  (void)number, (void)budget_us;
  if (++reactions > MOST_REACTIONS) {
    CHECK_SAY(false, "the worker finds no rest: %d reactions", MOST_REACTIONS);
    exit(check_report("fake port"));
  }
  fake.host_calls = 0;
  armed = true;
}

uint32_t tars_os_reaction_end(void) {
  armed = false;
  return fake.call_us > 0 ? fake.host_calls * (uint32_t)fake.call_us : 7;
}

/* All of the test is one task, whose stack is far larger than this. */
uint8_t *tars_os_worker_stack(void) { return (uint8_t *)__builtin_frame_address(0) - 256 * 1024; }

void tars_os_call_enter(void) {
  CHECK(in_worker);
  hosting++;
}

void tars_os_call_leave(void) {
  hosting--;
  fake.host_calls++;
  fake.now_us += fake.call_us;
  if (!armed || fake.abandon_after == 0 || fake.host_calls < fake.abandon_after) return;
  CHECK(!locked);
  armed = false;
  hosting = 0;
  fake.abandoned++;
  longjmp(worker_again, 1);
}

int tars_os_random(uint8_t *bytes, uint32_t size) {
  memset(bytes, 4, size);
  return 0;
}

void tars_os_reset(void) { abort(); }

void tars_os_panic(int number, const char *reason) {
  printf("panic %d: %s\n", number, reason);
  abort();
}

/* ---- driving it ---- */

static int64_t poll(int64_t now_us) {
  (void)now_us;
  CHECK(!locked);
  if (supervisor_call != NULL) {
    void (*call)(void) = supervisor_call;
    supervisor_call = NULL;
    call();
  }
  return fake.poll_us;
}

/* The supervisor until it sleeps; the worker runs whenever the supervisor waits. */
static void supervisor_run(void) {
  if (setjmp(supervisor_sleeps) == 0) tars_supervisor_run();
}

void fake_settle(void) {
  reactions = 0;
  while (worker_called() || supervisor_called()) {
    if (supervisor_called() && !fake.worker_first) supervisor_run();
    if (worker_called()) worker_run();
    if (supervisor_called() && fake.worker_first) supervisor_run();
  }
  CHECK(tars_idle());
  CHECK_EQUAL(tars_engine_stray_allocations(), 0);
}

void fake_advance(int64_t us) {
  int64_t end = fake.now_us + us;
  fake_settle();
  for (int64_t next = tars_next_deadline_us(); next <= end; next = tars_next_deadline_us()) {
    CHECK(next > fake.now_us);
    fake.now_us = next;
    fake_settle();
  }
  fake.now_us = end;
}

void fake_supervise(void (*call)(void)) {
  supervisor_call = call;
  supervisor_notified = true;
  supervisor_run();
  CHECK(supervisor_call == NULL);
  fake_settle();
}

tars_text fake_text(const char *text) { return (tars_text){ text, (uint16_t)strlen(text) }; }

/* ---- hooks ---- */

static void on_trace(const char *line) {
  size_t used = strlen(fake.trace);
  if (used + strlen(line) + 2 < sizeof fake.trace) snprintf(fake.trace + used, sizeof fake.trace - used, "%s\n", line);
}

static void on_log(int64_t time_us, tars_text behaviour, tars_text text, const tars_value *fields, int count) {
  (void)time_us, (void)behaviour, (void)text, (void)fields, (void)count;
  CHECK(locked);
  fake.logs++;
}

static void on_message(int64_t time_us, tars_text topic, const tars_value *fields, int count) {
  (void)topic;
  CHECK(locked);
  if (fake.messages < 256) {
    fake.message_us[fake.messages] = time_us;
    fake.message_field[fake.messages] = count > 0 && fields[0].type == TARS_VALUE_INT ? fields[0].i : -1;
  }
  fake.messages++;
}

static void on_status(int64_t time_us, tars_text behaviour, uint8_t status, uint8_t code) {
  (void)time_us, (void)behaviour;
  CHECK(locked);
  fake.statuses++;
  fake.last_status = status;
  fake.last_code = code;
}

static int on_save(tars_text behaviour, const uint8_t *record, uint32_t size) {
  (void)behaviour;
  CHECK(!locked);
  if (fake.save_error) return fake.save_error;
  memcpy(fake.record, record, size);
  fake.record_size = size;
  fake.saves++;
  fake.now_us += fake.save_us;
  return 0;
}

static int on_load(tars_text behaviour, uint8_t *record, uint32_t capacity) {
  (void)behaviour;
  fake.load_evidence = tars_supervisor_evidence();
  CHECK(fake.record_size <= capacity);
  memcpy(record, fake.record, fake.record_size);
  return (int)fake.record_size;
}

static void on_trial_failed(tars_text behaviour, uint8_t code, const char *reason) {
  snprintf(fake.trial_reason, sizeof fake.trial_reason, "%s", reason);
  snprintf(fake.blamed, sizeof fake.blamed, "%.*s", behaviour.size, behaviour.text);
  fake.blamed_code = code;
  fake.trial_failures++;
}

void fake_boot(void) {
  static const tars_hooks hooks = { .log = on_log,
                                    .message = on_message,
                                    .status = on_status,
                                    .retain_save = on_save,
                                    .retain_load = on_load,
                                    .poll = poll,
                                    .trial_failed = on_trial_failed };
  uint8_t record[sizeof fake.record];
  uint32_t size = fake.record_size;
  memcpy(record, fake.record, sizeof record);
  memset(&fake, 0, sizeof fake);
  memcpy(fake.record, record, sizeof record);
  fake.record_size = size;
  fake.poll_us = INT64_MAX;
  locked = worker_notified = supervisor_notified = armed = false;
  hosting = 0;
  worker_until_us = supervisor_until_us = 0;
  CHECK_EQUAL(tars_init(&hooks), 0);
  tars_trace = on_trace;
  fake_settle();
}

int fake_traced(const char *text) {
  int count = 0;
  for (const char *at = strstr(fake.trace, text); at != NULL; at = strstr(at + 1, text)) count++;
  return count;
}

bool fake_locked(void) { return locked; }
