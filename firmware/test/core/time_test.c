/* Periods, timers and debounced inputs on logical time. */
#include "rig.h"

#include <string.h>

static make a, b;

/* A period fires on its grid, the first time one period after the start. */
static void periods_keep_their_grid(void) {
  fake_boot();
  fake_advance(250);
  rig_toggler(&a, "blink", "LED", 500000);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK(strstr(fake.trace, "R 250 blink 0 0\n") != NULL);
  fake_advance(499999);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 0);
  fake_advance(1);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 1);
  fake_advance(5000000);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 11);
  CHECK(strstr(fake.trace, "R 5500250 blink 1 0\nC 1 0 = -\n") != NULL);
  CHECK_EQUAL(rig_stats("blink").reactions, 12);
}

/* Makes a behaviour that arms timer 0 in every reaction, delay in the argument of I64. */
static void timer_module(make *m, int delay_us) {
  make_begin(m, "timer");
  make_call(m, TARS_CALL_TIMER_AFTER);
  m->timers = 1;
  MAKE_BODY(m, I32(0), I64(delay_us), CALL(0));
}

/* A chain of timers counts from logical time: no drift, though the worker comes late. */
static void timers_dont_drift(void) {
  fake_boot();
  timer_module(&a, 50);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake.now_us = 1005; /* the board was busy elsewhere for 20 expiries */
  fake_settle();
  CHECK(strstr(fake.trace, "R 50 timer -1 0\nC 6 0 50 = -\nR 100 timer -1 0\n") != NULL);
  CHECK(strstr(fake.trace, "R 1000 timer -1 0\n") != NULL);
  CHECK_EQUAL(tars_next_deadline_us(), 1050);
}

/* Arming again replaces, cancelling makes a queued expiry stale. */
static void timers_are_replaced_and_cancelled(void) {
  fake_boot();
  make_begin(&a, "timer");
  make_call(&a, TARS_CALL_TIMER_AFTER);
  make_call(&a, TARS_CALL_TIMER_CANCEL);
  a.timers = 2;
  make_every(&a, 100, 0);
  /* start: both timers at 100, at the instant of the period, which comes before them and then cancels 0, re-arms 1 */
  MAKE_BODY(&a, LOCAL_GET(0), EQZ, IF, I32(0), 0x42, 0xe4, 0x00, CALL(0), I32(1), 0x42, 0xe4, 0x00, CALL(0), RETURN,
            END, LOCAL_GET(0), I32(1), EQ, IF, I32(0), CALL(1), I32(1), I64(30), CALL(0), END);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(129);
  CHECK_EQUAL(fake_traced("timer -1"), 0);
  CHECK_EQUAL(fake_traced("timer -2"), 0);
  fake_advance(1);
  CHECK_EQUAL(fake_traced("R 130 timer -2 0"), 1);
  fake_advance(100);
  CHECK_EQUAL(fake_traced("timer -1"), 0);
}

/* A delay below zero counts as zero; one beyond the end of time is never. */
static void delays_are_bounded(void) {
  fake_boot();
  make_begin(&a, "timer");
  make_call(&a, TARS_CALL_TIMER_AFTER);
  a.timers = 2;
  MAKE_BODY(&a, LOCAL_GET(0), BR_IF(0), I32(0), I64(-5), CALL(0), I32(1), 0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0xff, 0xff, 0xff, 0x00, CALL(0));
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(fake_traced("R 0 timer -1 0"), 1);
  CHECK_EQUAL(tars_next_deadline_us(), INT64_MAX);
}

/* Late periods are skipped and counted; with catch-up so many wait. */
static void overruns_are_counted(void) {
  for (uint8_t catchup = 0; catchup <= 3; catchup += 3) {
    fake_boot();
    rig_toggler(&a, "blink", "LED", 100);
    if (catchup) {
      a.sources.size = a.source_count = 0;
      make_every(&a, 100, catchup);
    }
    CHECK_EQUAL(rig_install_one(&a), 0);
    fake.now_us = 1000;
    fake_settle();
    uint32_t waited = catchup ? catchup : 1;
    CHECK_EQUAL(rig_stats("blink").overruns, 10 - waited);
    CHECK_EQUAL(rig_stats("blink").reactions, 1 + waited);
    CHECK_EQUAL(tars_next_deadline_us(), 1100);
  }
}

/* Periods far shorter than it takes to look at them once: what is lost costs no time, whichever way it is lost. */
static void lost_periods_cost_nothing(void) {
  for (uint8_t catchup = 0; catchup <= TARS_LIMIT_QUEUE; catchup += TARS_LIMIT_QUEUE) {
    fake_boot();
    rig_toggler(&a, "blink", "LED", 100);
    make_every(&a, 200, catchup);
    make_every(&a, 300, catchup);
    CHECK_EQUAL(rig_install_one(&a), 0);
    fake.now_us = INT64_C(600000000000);
    fake_settle();
    tars_behaviour_stats stats = rig_stats("blink");
    CHECK_EQUAL((uint32_t)(stats.events - 1 + stats.overruns + stats.dropped), (uint32_t)INT64_C(11000000000));
    CHECK_EQUAL(tars_next_deadline_us(), fake.now_us + 100);
  }
}

/* Makes a behaviour that toggles the LED at each wanted edge of the button. */
static void button_module(make *m, uint8_t pull, uint8_t active, uint32_t debounce_us, int edges) {
  make_begin(m, "button");
  make_call(m, TARS_CALL_GPIO_TOGGLE);
  make_call(m, TARS_CALL_GPIO_READ);
  make_gpio_out(m, "LED", 0, 0);
  make_gpio_in(m, "PC13", pull, active, debounce_us);
  make_source(m, TARS_SOURCE_EDGE, 1, edges);
  MAKE_BODY(m, LOCAL_GET(0), EQZ, BR_IF(0), I32(0), CALL(0), I32(1), CALL(1), DROP);
}

/* A bouncing contact gives one edge, at the end of the stable interval. */
static void inputs_are_debounced(void) {
  fake_boot();
  fake.outside[fake_resource("PC13")] = true; /* the level that the pull-up gives */
  button_module(&a, 1, 1, 20000, 1);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(fake_pin_of("PC13")->pull, 1);
  for (int bounce = 0; bounce < 10; bounce++) {
    fake_drive("PC13", bounce % 2 != 0);
    fake_advance(1000);
  }
  fake_drive("PC13", false);
  fake_advance(19999);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 0);
  fake_advance(1);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 1);
  CHECK_EQUAL(fake_traced("R 30000 button 1 1\nC 1 0 = -\nC 8 1 = 1"), 1);
  fake_drive("PC13", true); /* the release isn't asked for, but is the level from now on */
  fake_advance(50000);
  CHECK_EQUAL(fake_traced("R "), 2);
  fake_drive("PC13", false);
  fake_advance(10000);
  fake_drive("PC13", true); /* a glitch shorter than the interval gives no edge */
  fake_advance(50000);
  CHECK_EQUAL(fake_traced("R "), 2);
}

/* Without an interval each edge is reported at once; `edges` says which. */
static void edges_without_debounce(void) {
  static const int expected[] = { 0, 2, 2, 4 };
  for (int edges = 1; edges <= 3; edges++) {
    fake_boot();
    button_module(&a, 2, 0, 0, edges);
    CHECK_EQUAL(rig_install_one(&a), 0);
    for (int i = 0; i < 4; i++) {
      fake_drive("PC13", i % 2 == 0);
      fake_settle();
    }
    CHECK_EQUAL(fake_traced("R ") - 1, expected[edges]);
    CHECK_EQUAL(rig_stats("button").events, expected[edges] + 1);
  }
}

/* Of more edges than the queue holds pairs are lost and counted; the last level is always told. */
static void full_queues_keep_the_last_level(void) {
  for (int edges = 14; edges < 24; edges++) {
    fake_boot();
    button_module(&a, 2, 0, 0, 3);
    CHECK_EQUAL(rig_install_one(&a), 0);
    for (int i = 0; i < edges; i++) fake_drive("PC13", i % 2 == 0);
    fake_settle();
    int lost = edges > 16 ? (edges - 15) / 2 * 2 : 0;
    CHECK_EQUAL(rig_stats("button").dropped, lost);
    CHECK_EQUAL(rig_stats("button").reactions, 1 + edges - lost);
    CHECK_EQUAL(fake_traced("R 0 button 1 1\n") - fake_traced("R 0 button 1 0\n"), edges % 2);
  }
}

/* A debounced edge whose interval ends while the queue is full waits too. */
static void full_queues_hold_back_debounced_edges(void) {
  fake_boot();
  button_module(&a, 2, 0, 500, 3);
  make_every(&a, 100, TARS_LIMIT_QUEUE);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_drive("PC13", true);
  fake.now_us = 5000;
  fake_settle();
  CHECK_EQUAL(fake_traced("R 500 button 1 1\n"), 1);
}

/* An expiry waits until a full queue has room: without it, what sleeps would never go on. */
static void full_queues_hold_back_timers(void) {
  fake_boot();
  make_begin(&a, "timer");
  make_call(&a, TARS_CALL_TIMER_AFTER);
  a.timers = 1;
  make_every(&a, 100, TARS_LIMIT_QUEUE);
  MAKE_BODY(&a, LOCAL_GET(0), BR_IF(0), I32(0), 0x42, 0xd0, 0x0f, CALL(0)); /* 2,000 us */
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake.now_us = 5000;
  fake_settle();
  CHECK_EQUAL(fake_traced("R 2000 timer -1 0\n"), 1);
}

/* So does the change of a parameter. */
static void full_queues_hold_back_parameters(void) {
  fake_boot();
  make_begin(&a, "gain");
  make_param_i32(&a, "n", (uint8_t)make_global(&a, 1, 77, false), 0, 9);
  make_source(&a, TARS_SOURCE_PARAM, 0, 0);
  make_every(&a, 100, TARS_LIMIT_QUEUE);
  MAKE_BODY(&a, 0x01);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake.now_us = 5000;
  CHECK_EQUAL(rig_param_set("gain", "n", 3), 0);
  fake_settle();
  CHECK_EQUAL(fake_traced("R 5000 gain 1 0\n"), 1);
}

/* At one instant: behaviours in order of the app, but the higher priority runs first. */
static void priority_runs_first(void) {
  for (uint8_t priority = 0; priority <= 1; priority++) {
    fake_boot();
    rig_toggler(&a, "one", "LED", 1000);
    rig_toggler(&b, "two", "LED2", 1000);
    b.priority = priority;
    tars_module_source app[] = { make_end(&a), make_end(&b) };
    CHECK_EQUAL(rig_install(app, 2), 0);
    fake_advance(1000);
    const char *one = strstr(fake.trace, "R 1000 one"), *two = strstr(fake.trace, "R 1000 two");
    CHECK(one != NULL && two != NULL && (one < two) == (priority == 0));
  }
}

/* However much is due at an instant, the lock is free again after a few events. */
static void the_lock_is_held_for_a_few(void) {
  rig_toggler(&a, "many", "LED", 1000);
  for (int i = 1; i < 30; i++) make_every(&a, 1000, 0);
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  uint32_t before = rig_stats("many").events;
  fake.entered = 0;
  fake_advance(1000);
  CHECK(rig_stats("many").events >= before + 16);
  CHECK(fake.entered > 0 && fake.entered <= 8);
}

/* Most steps while the lock is held once, if so many periods of each of five behaviours end at one instant. */
static uint32_t held_with(int periods) {
  static make makes[5];
  static const char *const names[] = { "one", "two", "three", "four", "five" };
  tars_module_source app[5];
  for (int i = 0; i < 5; i++) {
    make_begin(&makes[i], names[i]);
    for (int period = 0; period < periods; period++) make_every(&makes[i], 1000, 0);
    MAKE_BODY(&makes[i], 0x01);
    app[i] = make_end(&makes[i]);
  }
  fake_boot();
  CHECK_EQUAL(rig_install(app, 5), 0);
  fake.held = 0;
  fake_advance(2500);
  return fake.held;
}

/* What is due first is found without looking at all that could be: eight times the periods take half as long again at
 * most. A look at each of them would take twice to three times as long. */
static void the_lock_is_held_hardly_longer_for_many(void) {
  uint32_t few = held_with(4), many = held_with(TARS_LIMIT_SOURCES);
  CHECK_SAY(few > 0 && many <= few + few / 2, "%u steps for few, %u for many", few, many);
}

int main(void) {
  periods_keep_their_grid();
  the_lock_is_held_for_a_few();
  the_lock_is_held_hardly_longer_for_many();
  timers_dont_drift();
  timers_are_replaced_and_cancelled();
  delays_are_bounded();
  overruns_are_counted();
  lost_periods_cost_nothing();
  inputs_are_debounced();
  edges_without_debounce();
  full_queues_keep_the_last_level();
  full_queues_hold_back_debounced_edges();
  full_queues_hold_back_timers();
  full_queues_hold_back_parameters();
  priority_runs_first();
  return check_report("time");
}
