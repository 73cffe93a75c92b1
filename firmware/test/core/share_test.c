/* Shares of the processor: what a load and a deadline are, who is throttled, who is late, and what is refused. */
#include "rig.h"

#include <string.h>

#include "board.h"     /* speed and floors */
#include "tars_link.h" /* statuses */

enum { SECOND = 1000000, WINDOW_US = TARS_LIMIT_LOAD_WINDOW_MS * 1000, PERMILLE_US = WINDOW_US / 1000 };

static make a, b;
static int64_t stop_us; /* when time stands still again, so that a board without a pause comes to rest */

/* Begins a behaviour that writes a pin `writes` times in each reaction. */
static void writer(make *m, const char *name, const char *pin, uint8_t writes) {
  static uint8_t body[4 * 63];
  make_begin(m, name);
  make_call(m, TARS_CALL_GPIO_TOGGLE);
  make_gpio_out(m, pin, 0, 0);
  for (uint8_t i = 0; i < writes; i++) memcpy(body + 4 * i, (const uint8_t[]){ I32(0), CALL(0) }, 4);
  make_body(m, 0, body, 4u * writes);
}

/* Load of a behaviour with these bounds and periods; 0 ends the list. */
static uint32_t load_of(uint32_t instructions, uint32_t calls, const int64_t *periods) {
  writer(&a, "one", "LED", 1);
  a.instructions = instructions;
  a.host_calls = calls;
  for (; *periods; periods++) make_every(&a, *periods, 0);
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  return rig_stats("one").load;
}

/* The load of a behaviour that names none follows from bounds and periods, where they say everything. */
static void loads(void) {
  const uint64_t cost_ns = TARS_BOARD_EVENT_NS + 100 * TARS_BOARD_INSTRUCTION_NS + 7 * TARS_BOARD_CALL_NS;
  CHECK_EQUAL(load_of(100, 7, (const int64_t[]){ 0 }), TARS_LIMIT_LOAD_LEAST);
  CHECK_EQUAL(load_of(100, 7, (const int64_t[]){ 10000, 0 }), TARS_LIMIT_LOAD_LEAST);
  CHECK_EQUAL(load_of(100, 7, (const int64_t[]){ 300, 0 }), (2 * cost_ns + 299) / 300);
  CHECK_EQUAL(load_of(100, 7, (const int64_t[]){ 300, 700, 0 }), (2 * cost_ns + 299) / 300 + (2 * cost_ns + 699) / 700);
  CHECK_EQUAL(load_of(UINT32_MAX, UINT32_MAX, (const int64_t[]){ 300, 300, 0 }), TARS_LIMIT_LOAD_WHOLE);
  CHECK_EQUAL(load_of(1, 0, (const int64_t[]){ INT64_MAX, 0 }), TARS_LIMIT_LOAD_LEAST);
  /* unknown instructions count as the longest reaction */
  CHECK_EQUAL(load_of(0, 7, (const int64_t[]){ 10000, 0 }), 2 * TARS_BOARD_REACTION_US / 10);
  /* nobody knows how often timers and edges come */
  rig_toggler(&a, "one", "LED", 10000);
  a.timers = 1;
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_stats("one").load, TARS_LIMIT_LOAD);
  rig_toggler(&a, "one", "LED", 10000);
  make_source(&a, TARS_SOURCE_EDGE, make_gpio_in(&a, "PC13", 0, 0, 0), 3);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_stats("one").load, TARS_LIMIT_LOAD);
  rig_toggler(&a, "one", "LED", 10000);
  a.load = 7;
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_stats("one").load, 7);
}

/* Two behaviours: `greedy` takes 1 ms of each 2 ms, before everybody else, and has a load of 200 permille; its
 * neighbour toggles LED2 every 10 ms. */
static int greedy_app(uint32_t load, bool commit) {
  writer(&a, "greedy", "LED", 10);
  make_every(&a, 2000, 0);
  a.priority = 9;
  a.load = load;
  rig_toggler(&b, "neighbour", "LED2", 10000);
  fake_boot();
  fake.now_us = SECOND; /* a window begins with the first reaction */
  fake.call_us = 100;
  tars_module_source app[] = { make_end(&a), make_end(&b) };
  return commit ? rig_install(app, 2) : rig_try(app, 2);
}

/* Who has used up its load doesn't run until the window ends. Its periods are skipped and counted, and it is reported
 * once in a window. */
static void greedy_is_throttled(void) {
  CHECK_EQUAL(greedy_app(200, true), 0);
  int64_t begun_us = fake.now_us;
  for (uint32_t second = 1; second <= 3; second++) {
    uint32_t statuses = fake.statuses, reactions = rig_stats("greedy").reactions;
    fake_advance(begun_us + (second * WINDOW_US) - WINDOW_US / 2 - fake.now_us);
    CHECK_EQUAL(rig_status("greedy"), TARS_STATUS_THROTTLED);
    CHECK_EQUAL(fake.last_status, TARS_STATUS_THROTTLED);
    CHECK_EQUAL(fake.last_code, TARS_E_LOAD);
    CHECK_EQUAL(fake.statuses - statuses, 1);
    fake_advance(WINDOW_US / 2 - 5000);
    CHECK_EQUAL(rig_stats("greedy").throttled, second);
    reactions = rig_stats("greedy").reactions - reactions; /* of 1 ms each, and the one that was too much */
    CHECK(reactions >= 200 * PERMILLE_US / 1000 && reactions <= 200 * PERMILLE_US / 1000 + 1);
  }
  tars_behaviour_stats greedy = rig_stats("greedy"), neighbour = rig_stats("neighbour");
  CHECK_EQUAL(greedy.used, 201);
  CHECK_EQUAL(greedy.late + neighbour.late + neighbour.throttled + neighbour.overruns + neighbour.dropped, 0);
  CHECK(neighbour.reactions >= 298 && neighbour.reactions <= 301);
  CHECK(greedy.overruns >= 3 * 290 && greedy.overruns <= 3 * 300);
  CHECK_EQUAL(fake.trial_failures, 0);
}

/* The same in a trial is a fault of the app, and the greedy one is named. */
static void greedy_ends_its_trial(void) {
  CHECK_EQUAL(greedy_app(200, false), 0);
  fake_advance(SECOND);
  CHECK(fake.trial_failures >= 1);
  CHECK_EQUAL(fake.blamed_code, TARS_E_LOAD);
  CHECK_SAY(strcmp(fake.blamed, "greedy") == 0, "%s is blamed", fake.blamed);
  CHECK_EQUAL(greedy_app(600, false), 0);
  fake_advance(3 * SECOND);
  CHECK_EQUAL(fake.trial_failures + rig_stats("greedy").throttled, 0);
}

/* A flood of edges takes a new behaviour over its load, or makes its neighbour wait: that ends the trial, and is no
 * evidence against the app. */
static void flood_is_no_evidence(void) {
  for (int late = 0; late <= 1; late++) {
    writer(&a, "greedy", "LED", 10);
    make_source(&a, TARS_SOURCE_EDGE, make_gpio_in(&a, "PC13", 0, 0, 0), 3);
    a.load = late ? TARS_LIMIT_LOAD_WHOLE : 200;
    a.priority = 9;
    rig_toggler(&b, "neighbour", "LED2", 10000);
    b.deadline = 15000; /* longer than one reaction of greedy */
    fake_boot();
    fake.now_us = SECOND;
    fake.call_us = late ? 1000 : 100;
    tars_module_source app[] = { make_end(&a), make_end(&b) };
    CHECK_EQUAL(rig_try(app, 2), 0);
    for (int edge = 0; edge < 300 && fake.trial_failures == 0; edge++) {
      for (int level = 0; level < 4; level++) fake_drive("PC13", level % 2 == 0);
      fake_advance(1000);
    }
    CHECK(fake.trial_failures >= 1);
    CHECK_EQUAL(fake.blamed_code, TARS_E_UNCONFIRMED);
    CHECK_SAY(strcmp(fake.blamed, late ? "neighbour" : "greedy") == 0, "%s is blamed", fake.blamed);
  }
}

/* Time stands still from `stop_us` on. */
static void time_stops(void) {
  if (fake.now_us >= stop_us) fake.call_us = 0;
}

/* A neighbour that the app in trial has taken over as it is makes a new behaviour wait: no evidence either. */
static void old_neighbour_is_no_evidence(void) {
  writer(&a, "greedy", "LED", 40);
  make_every(&a, 2000, 0);
  a.priority = 255;
  a.load = TARS_LIMIT_LOAD_WHOLE;
  rig_toggler(&b, "neighbour", "LED2", 10000);
  fake_boot();
  tars_module_source greedy = make_end(&a);
  CHECK_EQUAL(rig_install(&greedy, 1), 0);
  tars_module_source app[] = { greedy, make_end(&b) };
  fake.call_us = 50;
  fake.on_write = time_stops;
  stop_us = fake.now_us + 950000;
  CHECK_EQUAL(rig_try(app, 2), 0);
  fake_advance(10000);
  CHECK(fake.trial_failures >= 1);
  CHECK_EQUAL(fake.blamed_code, TARS_E_UNCONFIRMED);
  CHECK_SAY(strcmp(fake.trial_reason, "greedy ran") == 0, "because %s", fake.trial_reason);
}

/* Stopping doesn't wait for the window, and a restart is no way around it. */
static void throttled_can_stop(void) {
  CHECK_EQUAL(greedy_app(200, true), 0);
  fake_advance(SECOND / 2);
  CHECK_EQUAL(rig_status("greedy"), TARS_STATUS_THROTTLED);
  CHECK_EQUAL(tars_behaviour_stop(fake_text("greedy")), 0);
  fake_settle();
  CHECK_EQUAL(rig_status("greedy"), TARS_STATUS_STOPPED);
  uint32_t reactions = rig_stats("greedy").reactions;
  CHECK_EQUAL(tars_behaviour_start(fake_text("greedy")), 0);
  fake_advance(SECOND / 10);
  CHECK_EQUAL(rig_stats("greedy").reactions, reactions);
  fake_advance(SECOND / 2);
  CHECK(rig_stats("greedy").reactions > reactions);
}

/* The shortest period, endless work and the highest priority: the neighbour has not even started. */
static void starved_neighbour_is_late(void) {
  for (int trial = 0; trial <= 1; trial++) {
    writer(&a, "greedy", "LED", 40);
    make_every(&a, TARS_BOARD_PERIOD_US, 0);
    a.priority = 255;
    a.load = TARS_LIMIT_LOAD_WHOLE;
    rig_toggler(&b, "neighbour", "LED2", 10000);
    fake_boot();
    fake.call_us = 50;
    fake.on_write = time_stops;
    stop_us = 950000;
    tars_module_source app[] = { make_end(&a), make_end(&b) };
    CHECK_EQUAL(trial ? rig_try(app, 2) : rig_install(app, 2), 0);
    fake_settle();
    tars_behaviour_stats neighbour = rig_stats("neighbour");
    CHECK_EQUAL(rig_stats("greedy").throttled, 0);
    CHECK(neighbour.late >= 8 && neighbour.late <= 9); /* once in each deadline of ten periods */
    if (!trial) continue;
    CHECK_EQUAL(fake.blamed_code, TARS_E_LATE);
    CHECK_SAY(strcmp(fake.blamed, "neighbour") == 0, "%s is blamed", fake.blamed);
    CHECK_SAY(strcmp(fake.trial_reason, "greedy ran") == 0, "because %s", fake.trial_reason);
    CHECK_EQUAL(fake.trial_failures, 1); /* once in a window */
  }
}

/* Which neighbour ran is right also where the window has just ended, and never the one that waited itself, however busy
 * that is: the deadlines make `neighbour` late on both sides of the window's end. */
static void the_right_one_ran(void) {
  for (uint32_t deadline_us = 990000; deadline_us <= 1010000; deadline_us += 500) {
    rig_toggler(&b, "neighbour", "LED2", 10000);
    b.deadline = deadline_us;
    writer(&a, "greedy", "LED", 40);
    make_every(&a, 2000, 0);
    a.priority = 255;
    a.load = TARS_LIMIT_LOAD_WHOLE;
    fake_boot();
    fake.call_us = 50;
    fake.on_write = time_stops;
    stop_us = 1100000;
    tars_module_source app[] = { make_end(&b), make_end(&a) };
    CHECK_EQUAL(rig_try(app, 2), 0);
    fake_settle();
    CHECK_EQUAL(rig_stats("neighbour").late, 1);
    CHECK_SAY(strcmp(fake.trial_reason, "greedy ran") == 0, "deadline %u: %s", (unsigned)deadline_us,
              fake.trial_reason);
  }
}

static int64_t preempt_us;

/* A time passes in which the worker doesn't run, as below a task of a higher priority. */
static void preempt(void) {
  fake.now_us += preempt_us;
  fake.on_write = NULL;
}

/* What preempts the worker is charged to nobody, nor is it waited for. */
static void preemption_is_nobodys(void) {
  const int64_t times_us[] = { SECOND, SECOND * 3 / 10 }; /* past the end of the window, and inside of it */
  for (int i = 0; i < 2; i++) {
    preempt_us = times_us[i];
    CHECK_EQUAL(greedy_app(200, true), 0);
    fake.on_write = preempt;
    fake_advance(SECOND / 5);
    CHECK(fake.on_write == NULL);
    tars_behaviour_stats greedy = rig_stats("greedy"), neighbour = rig_stats("neighbour");
    CHECK_EQUAL(greedy.throttled + greedy.late + neighbour.throttled + neighbour.late, 0);
  }
}

/* An event comes, and tasks above the worker take a second. */
static void preempted_event(void) {
  if (fake.on_write == NULL) return;
  fake.on_write = NULL;
  fake_drive("PC13", true);
  fake.now_us += SECOND;
}

/* A behaviour that had no event while its neighbours ran for more than half of what the count holds is not late because
 * of it. */
static void long_silence_is_no_waiting(void) {
  writer(&a, "greedy", "LED", 10);
  make_every(&a, SECOND, 0);
  a.load = TARS_LIMIT_LOAD_WHOLE;
  writer(&b, "idle", "LED2", 1);
  b.deadline = SECOND / 2;
  make_source(&b, TARS_SOURCE_EDGE, make_gpio_in(&b, "PC13", 0, 0, 0), 3);
  fake_boot();
  fake.call_us = SECOND / 10 - 10000; /* 900 ms of each second */
  tars_module_source app[] = { make_end(&a), make_end(&b) };
  CHECK_EQUAL(rig_install(app, 2), 0);
  uint32_t before = rig_stats("greedy").reactions;
  fake_advance(INT64_C(2400) * SECOND);
  CHECK((rig_stats("greedy").reactions - before) * INT64_C(900000) > INT64_C(1) << 31);
  fake.call_us = 100;
  fake.on_write = preempted_event;
  tars_behaviour_stats idle = rig_stats("idle"); /* late at its start, which it waited for */
  fake_advance(5 * SECOND);
  CHECK_EQUAL(rig_stats("idle").reactions, idle.reactions + 1);
  CHECK_EQUAL(rig_stats("idle").late, idle.late);
}

/* A deadline counts from the event and without the behaviour's own work. */
static void own_work_is_not_waited_for(void) {
  writer(&a, "slow", "LED", 30);
  make_every(&a, 1000, 0);
  a.deadline = 1500;
  a.load = TARS_LIMIT_LOAD_WHOLE;
  fake_boot();
  fake.call_us = 100;
  fake.on_write = time_stops;
  stop_us = SECOND;
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_settle();
  CHECK(rig_stats("slow").reactions > 300);
  CHECK_EQUAL(rig_stats("slow").late, 0);
}

/* What is shorter than the board's floors is refused by name, and says what the floor is. */
static void floors(void) {
  static const struct {
    int64_t period_us;
    uint32_t deadline_us, restart_ms;
    int err;
  } rows[] = {
    { TARS_BOARD_PERIOD_US, TARS_BOARD_PERIOD_US, TARS_BOARD_RESTART_MS, 0 },
    { TARS_BOARD_PERIOD_US - 1, 0, TARS_BOARD_RESTART_MS, -TARS_E_FLOOR },
    { 1, 0, TARS_BOARD_RESTART_MS, -TARS_E_FLOOR },
    { TARS_BOARD_PERIOD_US, TARS_BOARD_PERIOD_US - 1, TARS_BOARD_RESTART_MS, -TARS_E_FLOOR },
    { TARS_BOARD_PERIOD_US, 0, TARS_BOARD_RESTART_MS - 1, -TARS_E_FLOOR },
    { TARS_BOARD_PERIOD_US, 0, 0, -TARS_E_FLOOR },
    { INT64_MAX, UINT32_MAX, UINT32_MAX, 0 },
  };
  for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    rig_toggler(&a, "blink", "LED", rows[i].period_us);
    a.deadline = rows[i].deadline_us;
    a.restart_ms = rows[i].restart_ms;
    fake_boot();
    CHECK_EQUAL(rig_install_one(&a), rows[i].err);
    CHECK((strstr(rig_detail, "at least") != NULL) == (rows[i].err != 0));
  }
}

int main(void) {
  loads();
  greedy_is_throttled();
  greedy_ends_its_trial();
  flood_is_no_evidence();
  old_neighbour_is_no_evidence();
  throttled_can_stop();
  starved_neighbour_is_late();
  the_right_one_ran();
  preemption_is_nobodys();
  long_silence_is_no_waiting();
  own_work_is_not_waited_for();
  floors();
  return check_report("share");
}
