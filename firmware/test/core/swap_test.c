/* Swaps: variables, parameters, events, phases and outputs go over; trials end one way or the other. */
#include "rig.h"

#include <string.h>

static make a, b, c;
static tars_module_source trial;

/* Stages and swaps in one turn of the supervisor. */
static void try_at_once(void) {
  CHECK_EQUAL(tars_app_stage(&trial, 1, NULL, 0), 0);
  CHECK_EQUAL(tars_app_swap(NULL), 0);
}

/* A counter of messages whose variable `n` (hash 0x1234) stands behind `before` others. */
static void consumer(make *m, int before, int64_t period_us) {
  make_begin(m, "counter");
  make_call(m, TARS_CALL_GPIO_TOGGLE);
  for (int i = 0; i < before; i++) make_global(m, 100 + i, 0x5000 + (uint32_t)(before * 10 + i), false);
  uint8_t n = (uint8_t)make_global(m, 0, 0x1234, false);
  make_gpio_out(m, "LED", 0, 0);
  make_subscribe(m, "in", "n:i32", 8);
  make_param_i32(m, "n", (uint8_t)before, 0, 1000000);
  make_every(m, period_us, 0);
  make_source(m, TARS_SOURCE_MESSAGE, 1, 0);
  MAKE_BODY(m, LOCAL_GET(0), I32(1), EQ, IF, I32(0), CALL(0), END, LOCAL_GET(0), I32(2), EQ, IF, GLOBAL_GET(n), I32(1),
            ADD, GLOBAL_SET(n), END);
}

/* Reads `n` of the running version. */
static int64_t counted(void) {
  tars_param_info info;
  /* a parameter's live value is taken from the variable at a swap; between swaps the guest's own writes are private */
  CHECK_EQUAL(tars_param_at(0, &info), 0);
  return info.value.i;
}

/* 1,000 swaps to versions with variables inserted before the kept one: every message is counted, no tick lost or
 * doubled. */
static void a_thousand_swaps(void) {
  fake_boot();
  int64_t sent = 0;
  consumer(&a, 0, 10000);
  CHECK_EQUAL(rig_install_one(&a), 0);
  uint32_t free = 0;
  for (int i = 1; i <= 1000; i++) {
    make *next = i % 2 ? &b : &a;
    consumer(next, i % 4, 10000);
    tars_module_source source = make_end(next);
    fake.trace[0] = '\0';
    fake_advance(3000 + i % 7 * 1000);
    for (int k = 0; k < i % 5; k++, sent++) { /* messages that wait when the swap comes */
      tars_value value = { .type = TARS_VALUE_INT, .i = k };
      CHECK_EQUAL(tars_topic_publish(fake_text("in"), &value, 1), 0);
    }
    CHECK_EQUAL(rig_install(&source, 1), 0);
    CHECK_EQUAL(rig_gap_us, 7); /* the fake clock's price of the swap alone */
    if (i == 4) free = tars_pool_free();
    if (i > 4 && i % 4 == 0) CHECK_EQUAL(tars_pool_free(), free);
  }
  consumer(&c, 5, 10000);
  CHECK_EQUAL(rig_install_one(&c), 0);
  CHECK_EQUAL(counted(), sent);
  CHECK(sent == 2000);
  CHECK_EQUAL(fake_pin_of("LED")->edges, fake.now_us / 10000);
}

/* A parameter's live value goes over if it is in range, the rest of the state by hash and type. */
static void parameters_go_over_in_range(void) {
  fake_boot();
  consumer(&a, 0, 10000);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_param_set("counter", "n", 500), 0);
  consumer(&b, 1, 10000);
  b.uses.size = b.use_count = 0;
  make_gpio_out(&b, "LED", 0, 0);
  make_subscribe(&b, "in", "n:i32", 8);
  make_param_i32(&b, "n", 1, 0, 499);
  CHECK_EQUAL(rig_install_one(&b), 0);
  CHECK_EQUAL(rig_param("counter", "n"), 0);
  consumer(&c, 2, 10000);
  CHECK_EQUAL(rig_param_set("counter", "n", 499), 0);
  CHECK_EQUAL(rig_install_one(&c), 0);
  CHECK_EQUAL(rig_param("counter", "n"), 499);
}

/* A message waits for a version that means the same by its fields; a publisher keeps its rate whatever it sends. */
static void topics_go_over(void) {
  static const char *const schemas[] = { "n:i32", "n:i32", "n:u8" };
  for (int version = 1; version < 3; version++) {
    fake_boot();
    for (int i = 0; i <= version; i += version) {
      make *m = i ? &b : &a;
      make_begin(m, "talker");
      make_call(m, TARS_CALL_MSG_PUT_I32);
      make_call(m, TARS_CALL_MSG_SEND);
      make_publish(m, "out", 1, schemas[i]);
      make_subscribe(m, "in", schemas[i], 8);
      make_source(m, TARS_SOURCE_MESSAGE, 1, 0);
      for (int k = 0; k < i; k++) make_log(m, "other bytes");
      MAKE_BODY(m, I32(7), CALL(0), I32(0), CALL(1));
    }
    CHECK_EQUAL(rig_install_one(&a), 0);
    CHECK_EQUAL(fake.messages, 1);
    tars_value value = { .type = TARS_VALUE_INT, .i = 1000 };
    trial = make_end(&b);
    CHECK_EQUAL(tars_topic_publish(fake_text("in"), &value, 1), 0);
    fake_supervise(try_at_once);
    CHECK_EQUAL(fake_traced("talker 1 0"), version == 1);
    CHECK_EQUAL(rig_stats("talker").limited, version == 1 ? 2 : 1); /* the start's, and that of the message */
  }
}

/* Publishes each message that it gets; `depth` of them may wait, and `catchup` ticks. */
static void listener(make *m, uint8_t depth, uint8_t catchup) {
  make_begin(m, "listener");
  uint8_t get = (uint8_t)make_call(m, TARS_CALL_MSG_GET_I32), put = (uint8_t)make_call(m, TARS_CALL_MSG_PUT_I32);
  uint8_t send = (uint8_t)make_call(m, TARS_CALL_MSG_SEND);
  make_publish(m, "out", 0, "n:i32");
  make_subscribe(m, "in", "n:i32", depth);
  make_source(m, TARS_SOURCE_MESSAGE, 1, 0);
  make_every(m, 1000, catchup);
  MAKE_BODY(m, LOCAL_GET(0), I32(1), EQ, IF, I32(0), CALL(get), CALL(put), I32(0), CALL(send), END);
}

/* Three messages and three ticks wait, which the worker has not come to. */
static void three_wait(void) {
  fake.now_us += 3000;
  for (int64_t i = 1; i <= 3; i++) {
    tars_value value = { .type = TARS_VALUE_INT, .i = i };
    CHECK_EQUAL(tars_topic_publish(fake_text("in"), &value, 1), 0);
  }
}

/* What waits goes over to a version that lets fewer wait: of a queue the first stay, of the latest the last, of ticks
 * the first; the rest is counted. The same where a version comes back. */
static void fewer_wait(void) {
  static const struct {
    uint8_t depth, catchup;
    int64_t first, last;
    int messages, ticks;
  } rows[] = { { 4, 3, 1, 3, 3, 3 }, { 2, 2, 1, 2, 2, 2 }, { 1, 1, 1, 1, 1, 1 }, { 0, 0, 3, 3, 1, 1 } };
  for (uint32_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
    uint32_t row = i / 2;
    bool back = i % 2;
    fake_boot();
    listener(&a, back ? rows[row].depth : 4, back ? rows[row].catchup : 3);
    make_log(&a, "other bytes");
    listener(&b, back ? 4 : rows[row].depth, back ? 3 : rows[row].catchup);
    CHECK_EQUAL(rig_install_one(&a), 0);
    trial = make_end(&b);
    if (back) CHECK_EQUAL(rig_try(&trial, 1), 0);
    tars_behaviour_stats before = rig_stats("listener");
    if (back) before.dropped = before.overruns = 0;
    fake.trace[0] = '\0';
    three_wait();
    if (back)
      rig_revert();
    else
      fake_supervise(try_at_once);
    CHECK_EQUAL(fake.messages, 3 + rows[row].messages); /* three that were published, and the answers */
    CHECK_EQUAL(fake.message_field[3], rows[row].first);
    CHECK_EQUAL(fake.message_field[fake.messages - 1], rows[row].last);
    CHECK_EQUAL(fake_traced("listener 2 0"), rows[row].ticks);
    CHECK_EQUAL(rig_stats("listener").dropped - before.dropped, 3 - rows[row].messages);
    CHECK_EQUAL(rig_stats("listener").overruns - before.overruns, 3 - rows[row].ticks);
  }
}

/* Outputs hold their levels; what only the old version drives goes to its safe state. */
static void outputs_hold(void) {
  fake_boot();
  rig_toggler(&a, "blink", "LED", 1000);
  make_gpio_out(&a, "LED2", 0, 0);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(1000);
  CHECK_EQUAL(fake_pin_of("LED")->level, 1);
  rig_toggler(&b, "blink", "LED", 3000);
  CHECK_EQUAL(rig_install_one(&b), 0);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 1);
  CHECK_EQUAL(fake_traced("R 1000 blink 0 1\n"), 1);
  fake_advance(3000);
  CHECK_EQUAL(fake_traced("R 4000 blink 1 0\n"), 1); /* with another period it counts from the swap on */
  CHECK_EQUAL(fake_pin_of("LED")->level, 0);
}

/* A trial that is reverted: the old version goes on with its variables, levels, timers, and events that nobody
 * consumed. */
static void reverted_trials(void) {
  fake_boot();
  rig_counter(&a, "counter", "n", 1000);
  rig_toggler(&c, "blink", "LED", 2500);
  tars_module_source old[] = { make_end(&a), make_end(&c) };
  CHECK_EQUAL(rig_install(old, 2), 0);
  uint32_t free = tars_pool_free();
  fake_advance(3500);
  CHECK_EQUAL(fake.message_field[fake.messages - 1], 3);
  CHECK_EQUAL(fake_pin_of("LED")->level, 1);
  rig_counter(&b, "counter", "n", 1000);
  b.priority = 1;
  trial = make_end(&b);
  CHECK_EQUAL(rig_try(&trial, 1), 0); /* the app of the trial lacks blink */
  CHECK(tars_app_in_trial());
  CHECK_EQUAL(rig_stage(old, 2), -TARS_E_STATE);
  CHECK_EQUAL(fake_pin_of("LED")->level, 0);
  CHECK_EQUAL(rig_status("blink"), UINT8_MAX);
  fake_advance(2000);
  CHECK_EQUAL(fake.message_field[fake.messages - 1], 5); /* the trial published 4 and 5 */
  rig_revert();
  CHECK(!tars_app_in_trial());
  CHECK_EQUAL(tars_pool_free(), free);
  CHECK_EQUAL(fake_pin_of("LED")->level, 1); /* the level that blink had written */
  fake_advance(500);
  CHECK_EQUAL(fake.message_us[fake.messages - 1], 6000); /* at a multiple of the old period */
  CHECK_EQUAL(fake.message_field[fake.messages - 1], 4); /* with the variables from before the trial */
  fake_advance(1500);
  CHECK_EQUAL(fake_traced("R 5000 blink"), 0); /* blink was frozen at 5,000 us */
  CHECK_EQUAL(fake_traced("R 7500 blink 1 0\n"), 1);
}

/* A serial port goes on at its speed, with what waits in it; at another one it is set up, and again for a revert. */
static void ports_go_on(void) {
  static const uint32_t bauds[] = { 9600, 9600, 115200 }, setups[] = { 1, 1, 3 };
  fake_boot();
  for (int version = 0; version < 3; version++) {
    make *m = version ? &b : &a;
    make_begin(m, "reader");
    make_uart(m, "UART1", bauds[version]);
    for (int i = 0; i < version; i++) make_log(m, "other bytes");
    MAKE_BODY(m, 0x01);
    tars_module_source next = make_end(m);
    CHECK_EQUAL(rig_try(&next, 1), 0);
    CHECK_EQUAL(fake_pin_of("UART1")->frequency, bauds[version]);
    if (version)
      rig_revert();
    else
      rig_commit();
    CHECK_EQUAL(fake_pin_of("UART1")->frequency, 9600);
    CHECK_EQUAL(fake_pin_of("UART1")->writes, setups[version]);
  }
}

/* A fault of a new behaviour is reported as the trial's, one of an unchanged neighbour is not. */
static void failed_trials_are_told(void) {
  fake_boot();
  rig_toggler(&a, "blink", "LED", 1000);
  tars_module_source first = make_end(&a);
  CHECK_EQUAL(rig_install(&first, 1), 0);
  make_begin(&b, "bad");
  MAKE_BODY(&b, UNREACHABLE);
  tars_module_source app[] = { first, make_end(&b) };
  CHECK_EQUAL(rig_try(app, 2), 0);
  CHECK_EQUAL(fake.trial_failures, 1);
  CHECK(strcmp(fake.trial_reason, "unreachable") == 0);
  tars_behaviour_info info;
  CHECK_EQUAL(tars_behaviour_at(0, &info), 0);
  CHECK(!info.trial);
  CHECK_EQUAL(tars_behaviour_at(1, &info), 0);
  CHECK(info.trial);
  CHECK_EQUAL(fake_traced("blink 0 "), 1); /* the unchanged behaviour is neither swapped nor started again */
  rig_revert();
  fake_advance(10000);
  CHECK_EQUAL(fake.trial_failures, 1);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 10);
}

/* What is due at one instant happens in one order, whichever task wakes first: a restart and a checkpoint come before
 * ticks. */
static void instants_have_an_order(void) {
  static char expected[sizeof fake.trace];
  for (int first = 0; first < 2; first++) {
    fake.record_size = 0;
    fake_boot();
    fake.worker_first = first;
    rig_counter(&a, "counter", "n", 1000000);
    make_begin(&b, "bad");
    make_every(&b, 900000, 0); /* faults at 0.9 s, restarts at 1.0 s, 2 s, ... with the counter's ticks */
    b.restart_most = 0;
    MAKE_BODY(&b, LOCAL_GET(0), IF, UNREACHABLE, END);
    tars_module_source app[] = { make_end(&a), make_end(&b) };
    CHECK_EQUAL(rig_install(app, 2), 0);
    fake_advance(61000000);
    CHECK_EQUAL(fake.record[4], 59);
    CHECK(strstr(fake.trace, "R 1000000 bad 0 2\nR 1000000 counter 1 0\n") != NULL);
    if (first == 0) memcpy(expected, fake.trace, sizeof expected);
    CHECK(strcmp(expected, fake.trace) == 0);
  }
  fake.record_size = 0;
}

/* A version that replaces one which doesn't run starts afresh. */
static void parked_versions_are_replaced(void) {
  fake_boot();
  make_begin(&a, "fixed");
  a.restart_most = 1;
  MAKE_BODY(&a, UNREACHABLE);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_status("fixed"), 3);
  make_begin(&b, "fixed");
  MAKE_BODY(&b, 0x01);
  CHECK_EQUAL(rig_install_one(&b), 0);
  CHECK_EQUAL(rig_status("fixed"), 1);
  CHECK_EQUAL(fake_traced("fixed 0 0"), 2);
}

/* A version that waited for its restart when a trial came goes on with it after the revert, at that time: also one
 * whose restart the worker had been asked for already. */
static void restarts_outlive_trials(void) {
  for (int64_t at = 50000; at <= 100000; at += 50000) {
    fake_boot();
    rig_toggler(&a, "bad", "LED", 1000000);
    a.restart_most = 0;
    MAKE_BODY(&a, LOCAL_GET(0), LOCAL_GET(1), ADD, EQZ, IF, UNREACHABLE, END);
    tars_module_source app = make_end(&a);
    CHECK_EQUAL(rig_install(&app, 1), 0);
    CHECK_EQUAL(tars_next_deadline_us(), 100000);
    make_begin(&b, "bad");
    MAKE_BODY(&b, 0x01);
    trial = make_end(&b);
    fake.now_us = at;
    fake_supervise(try_at_once);
    fake_advance(5000000);
    rig_revert();
    CHECK_EQUAL(rig_status("bad"), 1);
    CHECK_EQUAL(fake_traced("bad 0 2\n"), 1);
    CHECK_EQUAL(rig_stats("bad").restarts, 1);
    CHECK_EQUAL(rig_stats("bad").overruns, 0);
    CHECK_EQUAL(tars_next_deadline_us(), at + 6000000);
  }
}

/* A button that is down, in the middle of its interval, when the swap comes: the edge arrives in the new version. */
static void edges_survive(void) {
  fake_boot();
  for (int version = 0; version < 2; version++) {
    make *m = version ? &b : &a;
    make_begin(m, "button");
    make_gpio_in(m, "PC13", 2, 0, 20000);
    if (version) make_every(m, 1000000, 0);
    make_source(m, TARS_SOURCE_EDGE, 0, 1);
    MAKE_BODY(m, 0x01);
  }
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_drive("PC13", true);
  fake_advance(10000);
  CHECK_EQUAL(rig_install_one(&b), 0);
  fake_advance(10000);
  CHECK_EQUAL(fake_traced("R 20000 button 2 1\n"), 1);
}

int main(void) {
  a_thousand_swaps();
  parameters_go_over_in_range();
  topics_go_over();
  fewer_wait();
  outputs_hold();
  reverted_trials();
  ports_go_on();
  failed_trials_are_told();
  instants_have_an_order();
  parked_versions_are_replaced();
  restarts_outlive_trials();
  edges_survive();
  return check_report("swap");
}
