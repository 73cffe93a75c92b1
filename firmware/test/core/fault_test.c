/* Faults: no guest code any more, safe outputs, back-off, parking; neighbours go on. */
#include "board.h" /* TARS_BOARD_PERIOD_US, _RESTART_MS */
#include "rig.h"
#include "supervisor.h"
#include "tars_os.h"

#include <string.h>

static make a, b;

/* Makes a behaviour with every kind of output, which `code` then misuses in reactions to source 1, every 10 ms. */
static void misuser(make *m, const uint8_t *code, uint32_t size) {
  static const uint8_t calls[] = { TARS_CALL_GPIO_WRITE,  TARS_CALL_PWM_SET_US, TARS_CALL_PWM_SET_DUTY,
                                   TARS_CALL_MSG_PUT_I32, TARS_CALL_MSG_SEND,   TARS_CALL_MSG_GET_I32,
                                   TARS_CALL_TIMER_AFTER, TARS_CALL_LOG_EMIT,   TARS_CALL_MSG_PUT_F32 };
  static uint8_t body[512];
  static const uint8_t head[] = { /* outputs away from their safe state at the start */
                                  LOCAL_GET(0), EQZ,    IF,      I32(0), I32(1), CALL(0), I32(1), I32(0),  CALL(0),
                                  I32(2),       I32(1), CALL(0), I32(3), 0x41,   0xd0,    0x0f,   CALL(1), I32(4),
                                  0x43,         0,      0,       0x48,   0x42,   CALL(2), RETURN, END
  };
  make_begin(m, "bad");
  for (size_t i = 0; i < sizeof calls; i++) make_call(m, calls[i]);
  make_gpio_out(m, "LED", 0, 0);
  make_gpio_out(m, "PA0", 1, 0);
  make_gpio_out(m, "PA1", 2, 0);
  make_pulse(m, "SERVO1", 1500);
  make_duty(m, "MOTOR_L", 0);
  make_publish(m, "out", 0, "n:i32");
  make_every(m, 10000, 0);
  memcpy(body, head, sizeof head);
  memcpy(body + sizeof head, code, size);
  make_body(m, 0, body, (uint32_t)sizeof head + size);
}
#define MISUSER(m, ...) misuser(m, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* Runs the misuser beside a 100 Hz neighbour; its first reaction must fault with `code` and nothing else must
 * suffer. */
static void faults_with(uint8_t code) {
  tars_behaviour_info info;
  fake_boot();
  rig_toggler(&b, "good", "LED2", 10000);
  tars_module_source app[] = { make_end(&a), make_end(&b) };
  CHECK_EQUAL(rig_install(app, 2), 0);
  CHECK_EQUAL(fake_pin_of("LED")->level, 1);
  CHECK_EQUAL(fake_pin_of("PA0")->level, 0);
  CHECK_EQUAL(fake_pin_of("SERVO1")->pulse_us, 2000);
  CHECK(fake_pin_of("MOTOR_L")->duty_pct == 50);
  uint32_t free = tars_pool_free();
  fake_advance(10000);
  CHECK_EQUAL(tars_behaviour_at(0, &info), 0);
  CHECK_EQUAL(fake.logs, code == TARS_E_TRAP); /* the words of the engine about the trap */
  CHECK_EQUAL(info.fault, code);
  CHECK_EQUAL(info.faults, 1);
  CHECK_EQUAL(info.status, 2);
  CHECK_EQUAL(fake.last_code, code);
  CHECK_EQUAL(fake_pin_of("LED")->level, 0);
  CHECK_EQUAL(fake_pin_of("PA0")->level, 1);
  CHECK_EQUAL(fake_pin_of("PA1")->level, 1); /* holds */
  CHECK_EQUAL(fake_pin_of("SERVO1")->pulse_us, 1500);
  CHECK(fake_pin_of("MOTOR_L")->duty_pct == 0);
  CHECK_EQUAL(tars_pool_free(), free);
  fake_advance(990000);
  CHECK_EQUAL(fake_pin_of("LED2")->edges, 100);
  CHECK_EQUAL(rig_stats("good").overruns + rig_stats("good").dropped, 0);
  CHECK_EQUAL(tars_pool_free(), free);
}

static void every_fault_has_its_code(void) {
  MISUSER(&a, UNREACHABLE);
  faults_with(TARS_E_TRAP);
  MISUSER(&a, LOCAL_GET(0), I32(0), 0x6d, DROP); /* 1 / 0 */
  faults_with(TARS_E_TRAP);
  MISUSER(&a, I32(6), I32(1), CALL(0)); /* no such handle */
  faults_with(TARS_E_HANDLE);
  MISUSER(&a, I32(3), I32(1), CALL(0)); /* a servo is no pin */
  faults_with(TARS_E_HANDLE);
  MISUSER(&a, I32(-1), I32(1), CALL(0));
  faults_with(TARS_E_HANDLE);
  MISUSER(&a, I32(0), I64(1), CALL(6)); /* no timer was declared */
  faults_with(TARS_E_HANDLE);
  MISUSER(&a, I32(4), 0x43, 0, 0, 0xc0, 0x7f, CALL(2)); /* NaN */
  faults_with(TARS_E_NAN);
  MISUSER(&a, I32(5), CALL(4)); /* a field is missing */
  faults_with(TARS_E_MESSAGE);
  MISUSER(&a, 0x43, 0, 0, 0, 0, CALL(8), I32(5), CALL(4)); /* f32 for an i32 */
  faults_with(TARS_E_MESSAGE);
  MISUSER(&a, LOOP, I32(0), CALL(3), BR(0), END); /* more than 16 fields */
  faults_with(TARS_E_MESSAGE);
  MISUSER(&a, I32(0), CALL(5), DROP); /* no message is handled */
  faults_with(TARS_E_MESSAGE);
  MISUSER(&a, I32(0), CALL(7)); /* no such template */
  faults_with(TARS_E_MESSAGE);
}

/* A spin around host calls is abandoned; the neighbour goes on, the execution stack is built anew, no byte is lost. */
static void a_spin_is_abandoned(void) {
  MISUSER(&a, LOOP, I32(0), I32(1), CALL(0), BR(0), END);
  a.restart_most = 0;
  a.restart_ms = 10;
  fake_boot();
  rig_toggler(&b, "good", "LED2", 10000);
  tars_module_source app[] = { make_end(&a), make_end(&b) };
  CHECK_EQUAL(rig_install(app, 2), 0);
  fake.abandon_after = 100;
  uint32_t free = tars_pool_free();
  for (int i = 0; i < 300; i++) {
    fake.trace[0] = '\0';
    fake_advance(10000);
    CHECK_EQUAL(tars_pool_free(), free);
  }
  CHECK_EQUAL(fake_pin_of("LED2")->edges, 300);
  CHECK(fake.abandoned >= 6);
  CHECK_EQUAL(tars_abandoned_count(), fake.abandoned);
  tars_behaviour_info info;
  CHECK_EQUAL(tars_behaviour_at(0, &info), 0);
  CHECK_EQUAL(info.fault, TARS_E_BUDGET);
  CHECK_EQUAL(info.faults, fake.abandoned);
}

/* Time passes from the first write to LED2 on, and stands still again after the first one to LED. */
static void clock_runs(void) { fake.look_us = fake_pin_of("LED")->edges == 0 ? TARS_BOARD_PERIOD_US : 0; }

/* The worker gives the lock away while the execution stack is built anew, though a period is over whenever it looks. */
static void the_supervisor_gets_the_lock(void) {
  rig_toggler(&a, "spin", "LED2", 1000000);
  MAKE_BODY(&a, LOOP, I32(0), CALL(0), BR(0), END);
  a.restart_most = 1;
  rig_toggler(&b, "fast", "LED", TARS_BOARD_PERIOD_US);
  fake_boot();
  fake.abandon_after = 100;
  fake.on_write = clock_runs;
  tars_module_source app[] = { make_end(&a), make_end(&b) };
  CHECK_EQUAL(rig_install(app, 2), 0);
  CHECK_EQUAL(fake.abandoned, 1);
  CHECK_EQUAL(rig_status("spin"), 3);
  CHECK_EQUAL(rig_status("fast"), 1);
  CHECK(fake_pin_of("LED")->edges > 0);
}

/* Times of the restarts of a behaviour that faults 10 ms after each. */
static void restarts_back_off(void) {
  MISUSER(&a, UNREACHABLE);
  a.restart_most = 0;
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  int64_t at = 0, delay = 100000;
  for (int i = 0; i < 10; i++) {
    at += 10000;
    fake_advance(at - fake.now_us);
    CHECK_EQUAL(rig_status("bad"), 2);
    CHECK_EQUAL(tars_next_deadline_us(), at + delay);
    at += delay;
    fake_advance(at - fake.now_us);
    CHECK_EQUAL(rig_status("bad"), 1);
    delay = delay * 2 < 10000000 ? delay * 2 : 10000000;
  }
  CHECK_EQUAL(rig_stats("bad").restarts, 10);
  CHECK_EQUAL(fake_traced("bad 0 2"), 10);
}

/* The declared number of consecutive faults parks a behaviour; an operator's start sets the count back. */
static void faults_park(void) {
  MISUSER(&a, UNREACHABLE);
  a.restart_most = 3;
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(60000000);
  CHECK_EQUAL(rig_status("bad"), 3);
  CHECK_EQUAL(fake_traced("F "), 3);
  CHECK_EQUAL(tars_next_deadline_us(), INT64_MAX);
  CHECK_EQUAL(tars_behaviour_start(fake_text("bad")), 0);
  fake_settle();
  CHECK_EQUAL(rig_status("bad"), 1);
  CHECK_EQUAL(tars_behaviour_start(fake_text("bad")), -TARS_E_STATE);
  fake_advance(60000000);
  CHECK_EQUAL(fake_traced("F "), 6);
  CHECK_EQUAL(fake_traced("bad 0 0"), 2);
}

/* Faults that are far apart don't count as consecutive. */
static void old_faults_are_forgiven(void) {
  make_begin(&a, "rare");
  make_every(&a, 11000000, 0);
  a.restart_most = 2;
  MAKE_BODY(&a, LOCAL_GET(0), IF, UNREACHABLE, END);
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(100000000);
  CHECK_EQUAL(rig_status("rare"), 1);
  CHECK_EQUAL(rig_stats("rare").restarts, 9);
}

/* A restart has the initial variables, but the live parameters and the last checkpoint. */
static void restarts_keep_what_is_kept(void) {
  make_begin(&a, "kept");
  make_call(&a, TARS_CALL_PARAM_SAVE);
  make_call(&a, TARS_CALL_LOG_EMIT);
  make_call(&a, TARS_CALL_MSG_PUT_I32);
  make_global(&a, 1, 0x11, true);  /* retained */
  make_global(&a, 2, 0x22, false); /* plain */
  make_global(&a, 3, 0x33, false); /* parameter */
  make_param_i32(&a, "p", 2, 0, 100);
  make_log(&a, "{}{}{}");
  make_every(&a, 1000, 0);
  make_every(&a, 2500, 0);
  /* source 1: count both, save at the start only; source 2: fault; source 0: show */
  MAKE_BODY(&a, LOCAL_GET(0), EQZ, IF, GLOBAL_GET(0), CALL(2), GLOBAL_GET(1), CALL(2), GLOBAL_GET(2), CALL(2), I32(0),
            CALL(1), RETURN, END, LOCAL_GET(0), I32(2), EQ, IF, UNREACHABLE, END, GLOBAL_GET(0), I32(10), ADD,
            GLOBAL_SET(0), GLOBAL_GET(1), I32(10), ADD, GLOBAL_SET(1), GLOBAL_GET(0), I32(11), EQ, IF, CALL(0), END);
  fake.record_size = 0;
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_param_set("kept", "p", 42), 0);
  fake_advance(200000);
  CHECK_EQUAL(rig_stats("kept").restarts, 1);
  CHECK_EQUAL(fake.saves, 2); /* the first value, then what the guest saves */
  tars_log_line line;
  CHECK_EQUAL(rig_log_at(0, &line), 0);
  CHECK(line.fields[0].i == 1 && line.fields[1].i == 2 && line.fields[2].i == 3);
  CHECK_EQUAL(rig_log_at(1, &line), 0);
  CHECK(line.time_us == 2500 && line.count == 0 && strcmp(line.text, "unreachable") == 0);
  CHECK_EQUAL(rig_log_at(2, &line), 0);
  CHECK_EQUAL(line.time_us, 102500);
  CHECK(strcmp(line.behaviour, "kept") == 0 && strcmp(line.text, "{}{}{}") == 0 && line.count == 3);
  CHECK(line.fields[0].i == 11 && line.fields[1].i == 2 && line.fields[2].i == 42);
  CHECK_EQUAL(rig_log_at(3, &line), 0);
  CHECK_EQUAL(line.time_us, 105000); /* and again */
  CHECK_EQUAL(rig_log_at(4, &line), -TARS_E_UNKNOWN);
  fake.record_size = 0;
}

/* Lets the supervisor do all its chores. */
static void supervise(void) {
  tars_os_lock();
  while (tars_supervisor_chores()) {
  }
  tars_os_unlock();
}

/* Makes a behaviour that logs a global of 5 in every reaction, sets it to 6, and faults in every tick, at 10 ms. */
static void failing_logger(void) {
  rig_toggler(&a, "bad", "LED", 10000);
  make_call(&a, TARS_CALL_LOG_EMIT);
  make_call(&a, TARS_CALL_MSG_PUT_I32);
  make_log(&a, "{}");
  make_global(&a, 5, 0x11, false);
  a.restart_ms = TARS_BOARD_RESTART_MS;
  MAKE_BODY(&a, GLOBAL_GET(0), CALL(2), I32(0), CALL(1), I32(6), GLOBAL_SET(0), LOCAL_GET(0), IF, UNREACHABLE, END);
}

/* A restart that is due before the safe outputs are written waits for the fresh instance. */
static void restarts_wait_for_the_instance(void) {
  failing_logger();
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake.on_write = supervise;
  fake.write_us = TARS_BOARD_RESTART_MS * 1000;
  fake_advance(10000);
  tars_log_line line;
  CHECK_EQUAL(rig_log_at(3, &line), 0); /* the line after those of the start, of the tick and of the engine */
  CHECK_EQUAL(line.count, 1);
  CHECK_EQUAL(line.fields[0].i, 5);
  CHECK_EQUAL(fake_traced("R 20000 bad 0 2\n"), 1);
  CHECK_EQUAL(rig_status("bad"), 1);
}

/* Starts the behaviour before the supervisor has renewed its instance. */
static void start_and_supervise(void) {
  fake.on_write = NULL;
  CHECK_EQUAL(tars_behaviour_start(fake_text("bad")), 0);
  supervise();
}

/* The start of a parked behaviour that is being stopped waits for the fresh instance, too. */
static void starts_wait_for_the_instance(void) {
  failing_logger();
  a.restart_most = 1;
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(10000);
  CHECK_EQUAL(rig_status("bad"), 3);
  fake.on_write = start_and_supervise;
  CHECK_EQUAL(tars_behaviour_stop(fake_text("bad")), 0);
  fake_advance(10000);
  tars_log_line line;
  CHECK_EQUAL(rig_log_at(4, &line), 0); /* of the second tick */
  CHECK(line.time_us == 20000 && line.count == 1 && line.fields[0].i == 6);
}

/* A stopped behaviour has its reaction to `stop`, then its outputs go safe. Starting it again resets only what it
 * should. */
static void stop_and_start(void) {
  rig_toggler(&a, "blink", "LED", 1000);
  a.finish = 1;
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(1000);
  CHECK_EQUAL(fake_pin_of("LED")->level, 1);
  CHECK_EQUAL(tars_behaviour_stop(fake_text("blink")), 0);
  CHECK_EQUAL(rig_status("blink"), 0);
  CHECK_EQUAL(tars_behaviour_stop(fake_text("blink")), -TARS_E_STATE);
  fake_settle();
  CHECK_EQUAL(fake_traced("R 1000 blink 0 3"), 1);
  CHECK_EQUAL(fake_pin_of("LED")->level, 0);
  fake_advance(10000);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 2);
  CHECK_EQUAL(tars_behaviour_start(fake_text("blink")), 0);
  fake_advance(1000);
  CHECK_EQUAL(fake_traced("R 12000 blink 1 0"), 1);
  CHECK_EQUAL(fake_pin_of("LED")->level, 1);
  CHECK_EQUAL(tars_behaviour_stop(fake_text("other")), -TARS_E_UNKNOWN);
}

/* A behaviour whose reaction to `stop` faults is stopped all the same. */
static void failing_last_words(void) {
  MISUSER(&a, UNREACHABLE);
  make_begin(&a, "bad");
  a.finish = 1;
  MAKE_BODY(&a, LOCAL_GET(1), I32(3), EQ, IF, UNREACHABLE, END);
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(tars_behaviour_stop(fake_text("bad")), 0);
  fake_advance(60000000);
  CHECK_EQUAL(rig_status("bad"), 0);
  CHECK_EQUAL(fake_traced("F 0 bad 96"), 1);
  CHECK_EQUAL(rig_stats("bad").restarts, 0);
}

/* Stops the behaviour in the middle of its reaction. */
static void stop_once(void) {
  fake.on_write = NULL;
  CHECK_EQUAL(tars_behaviour_stop(fake_text("bad")), 0);
}

/* A stop that was accepted during a reaction holds though that reaction faults. */
static void a_fault_does_not_undo_a_stop(void) {
  rig_toggler(&a, "bad", "LED", 10000);
  MAKE_BODY(&a, LOCAL_GET(0), IF, I32(0), CALL(0), UNREACHABLE, END);
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake.on_write = stop_once;
  fake_advance(60000000);
  CHECK(fake.on_write == NULL);
  CHECK_EQUAL(rig_status("bad"), 0);
  CHECK_EQUAL(fake.last_status, 0);
  CHECK_EQUAL(fake.last_code, TARS_E_TRAP);
  CHECK_EQUAL(rig_stats("bad").restarts, 0);
}

/* True if line `index` of the ring is this change of status. */
static bool is_change(int index, uint8_t status, uint8_t code) {
  tars_log_line line;
  return tars_log_at(index, &line) == 0 && line.is_status && line.status == status && line.code == code &&
         line.count == 0 && strcmp(line.behaviour, "bad") == 0;
}

/* Whoever asks later finds every change of status among the log lines, with its reason and in its place, and what the
 * board says of itself. */
static void the_log_has_changes_of_status(void) {
  enum { STOPPED, RUNNING, RESTARTING, PARKED };
  tars_log_line line;
  make_begin(&a, "bad");
  a.restart_most = 2;
  make_every(&a, 1000, 0);
  MAKE_BODY(&a, LOCAL_GET(0), IF, UNREACHABLE, END);
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  tars_log_note(fake_text("the board's own words"));
  fake_advance(10000000);
  CHECK_EQUAL(tars_behaviour_start(fake_text("bad")), 0);
  fake_settle();
  CHECK_EQUAL(tars_behaviour_stop(fake_text("bad")), 0);
  fake_settle();
  CHECK(is_change(0, RUNNING, 0));
  CHECK_EQUAL(tars_log_at(1, &line), 0);
  CHECK(!line.is_status && line.behaviour[0] == '\0' && strcmp(line.text, "the board's own words") == 0);
  CHECK_EQUAL(tars_log_at(2, &line), 0);
  CHECK(!line.is_status && strcmp(line.text, "unreachable") == 0);
  CHECK(is_change(3, RESTARTING, TARS_E_TRAP) && is_change(4, RUNNING, 0)); /* 5: what the engine says */
  CHECK(is_change(6, PARKED, TARS_E_TRAP) && is_change(7, RUNNING, 0) && is_change(8, STOPPED, 0));
  CHECK_EQUAL(tars_log_at(9, &line), -TARS_E_UNKNOWN);
}

int main(void) {
  a_fault_does_not_undo_a_stop();
  every_fault_has_its_code();
  a_spin_is_abandoned();
  the_supervisor_gets_the_lock();
  restarts_back_off();
  faults_park();
  old_faults_are_forgiven();
  restarts_keep_what_is_kept();
  the_log_has_changes_of_status();
  restarts_wait_for_the_instance();
  starts_wait_for_the_instance();
  stop_and_start();
  failing_last_words();
  return check_report("fault");
}
