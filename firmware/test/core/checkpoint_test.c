/* Checkpoints of retained variables: when the store gets them, and what they hold. */
#include "core.h"
#include "retain.h"
#include "rig.h"
#include "state.h"
#include "tars_os.h"

static make a, b;
static tars_module_source trial;

/* Retained variables of a trial reach the store only when it is committed; then at most every 60 s, if changed. */
static void checkpoints_wait_for_the_commit(void) {
  fake.record_size = 0;
  fake_boot();
  rig_counter(&a, "counter", "n", 1000000);
  tars_module_source app = make_end(&a);
  CHECK_EQUAL(rig_try(&app, 1), 0);
  fake_advance(200000000);
  CHECK_EQUAL(fake.saves, 0);
  rig_commit();
  CHECK_EQUAL(fake.saves, 1);
  CHECK_EQUAL(fake.record_size, 12);
  CHECK(fake.record[0] == 0x34 && fake.record[1] == 0x12 &&
        fake.record[4] == 179); /* the checkpoint of 180 s, taken before the tick of that second */
  fake_advance(100000000);
  CHECK_EQUAL(fake.saves, 3); /* those of 240 s and 300 s */
  CHECK_EQUAL(tars_behaviour_stop(fake_text("counter")), 0);
  fake_settle();
  CHECK_EQUAL(fake.saves, 4); /* the checkpoint at the stop has the last tick */
  fake_boot();                /* the power was cut */
  CHECK_EQUAL(rig_install(&app, 1), 0);
  CHECK_EQUAL(rig_param("counter", "n"), 300);
  fake_advance(1000000);
  CHECK_EQUAL(fake.message_field[0], 301);
  fake.record_size = 0;
}

/* The store gets a retained parameter as soon as it is set, before its guest has a reaction, and not again for the same
 * value. What the store can't take is an error, and the next checkpoint tries again. */
static void checkpoints_hold_what_was_set(void) {
  fake.record_size = 0;
  fake_boot();
  rig_counter(&a, "counter", "n", INT64_C(3600000000));
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(fake.saves, 0); /* nobody has set it, so there is nothing to store */
  CHECK_EQUAL(rig_param_set("counter", "n", 77), 0);
  CHECK_EQUAL(fake.saves, 1);
  CHECK_EQUAL(fake.record[4], 77);
  CHECK_EQUAL(rig_param_set("counter", "n", 77), 0);
  CHECK_EQUAL(fake.saves, 1);
  fake.save_error = -TARS_E_IO;
  CHECK_EQUAL(rig_param_set("counter", "n", 78), -TARS_E_IO);
  CHECK_EQUAL(fake.record[4], 77);
  fake.save_error = 0;
  fake_advance(60000000);
  CHECK_EQUAL(fake.record[4], 78);
  fake.record_size = 0;
}

/* What an operator sets during a trial is stored before the answer, and holds however the trial ends. */
static void trials_keep_what_was_set(void) {
  for (int good = 0; good < 2; good++) {
    fake.record_size = 0;
    fake_boot();
    rig_counter(&a, "counter", "n", INT64_C(3600000000));
    CHECK_EQUAL(rig_install_one(&a), 0);
    CHECK_EQUAL(rig_param_set("counter", "n", 7), 0);
    rig_counter(&b, "counter", "n", INT64_C(1800000000));
    trial = make_end(&b);
    CHECK_EQUAL(rig_try(&trial, 1), 0);
    CHECK_EQUAL(rig_param_set("counter", "n", 8), 0);
    CHECK_EQUAL(fake.record[4], 8);
    if (good)
      rig_commit();
    else
      rig_revert();
    CHECK_EQUAL(rig_param("counter", "n"), 8);
    CHECK_EQUAL(fake.record[4], 8);
    fake_advance(INT64_C(3600000000));
    CHECK(fake.message_field[fake.messages - 1] == (good ? 10 : 9)); /* the guest counts on from it */
  }
  fake.record_size = 0;
}

/* A reaction that asked for a checkpoint ended just before the swap: the supervisor has not stored it yet. */
static void checkpoint_at_once(void) {
  fake.on_write = NULL;
  tars_os_lock();
  tars_retain_checkpoint(&tars_slots[0]);
  tars_os_unlock();
}

/* The next version stores it. */
static void checkpoints_go_over(void) {
  fake.record_size = 0;
  fake_boot();
  rig_counter(&a, "counter", "n", 1000000);
  make_gpio_out(&a, "LED", 0, 0);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(2000000);
  rig_counter(&b, "counter", "n", INT64_C(3600000000));
  tars_module_source next = make_end(&b);
  fake.on_write = checkpoint_at_once; /* when the LED goes to its safe state */
  CHECK_EQUAL(rig_try(&next, 1), 0);
  CHECK_EQUAL(fake.saves, 0);
  rig_commit();
  fake_advance(200000000);
  CHECK_EQUAL(fake.saves, 1);
  CHECK_EQUAL(fake.record[4], 2);
  fake.record_size = 0;
}

/* Stages, which takes until the next checkpoint is due, and swaps. */
static void try_at_the_checkpoint(void) {
  CHECK_EQUAL(tars_app_stage(&trial, 1, NULL, 0), 0);
  fake.now_us = 60000000;
  CHECK_EQUAL(tars_app_swap(NULL), 0);
}

/* A store that takes longer than a swap waits for first reactions: the worker still comes to switch. */
static void slow_stores_delay_swaps(void) {
  fake.record_size = 0;
  fake_boot();
  rig_counter(&a, "counter", "n", 1000000);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(59000000);
  rig_counter(&b, "counter", "n", 2000000);
  trial = make_end(&b);
  fake.save_us = 200000;
  fake_supervise(try_at_the_checkpoint);
  CHECK_EQUAL(fake.saves, 1);
  CHECK(tars_app_in_trial());
  CHECK_EQUAL(rig_status("counter"), 1);
  fake.record_size = 0;
}

/* Sets the variable of a behaviour and stores it, like a reaction that saves. */
static void slot_save(tars_behaviour *slot, uint64_t value) {
  tars_os_lock();
  tars_state_put(slot, 0, value);
  tars_retain_checkpoint(slot);
  tars_os_unlock();
  fake_settle();
}

static void set_and_save(uint64_t value) { slot_save(&tars_slots[0], value); }

/* A behaviour that saves all the time spends its budget; from then on it gets one store a minute, with the newest
 * values. What it saves at its stop is stored at once. */
static void stores_have_a_budget(void) {
  fake.record_size = 0;
  fake_boot();
  rig_counter(&a, "counter", "n", INT64_C(3600000000));
  CHECK_EQUAL(rig_install_one(&a), 0);
  for (uint64_t i = 1; i <= 100; i++) set_and_save(i);
  CHECK_EQUAL(fake.saves, TARS_LIMIT_SAVES);
  CHECK_EQUAL(rig_stats("counter").saves, TARS_LIMIT_SAVES);
  CHECK_EQUAL(rig_stats("counter").deferred, 100 - TARS_LIMIT_SAVES);
  fake_advance(59999999);
  CHECK_EQUAL(fake.saves, TARS_LIMIT_SAVES);
  fake_advance(1);
  CHECK_EQUAL(fake.saves, TARS_LIMIT_SAVES + 1);
  CHECK_EQUAL(fake.record[4], 100);
  set_and_save(101);
  CHECK_EQUAL(fake.saves, TARS_LIMIT_SAVES + 1);
  CHECK_EQUAL(tars_behaviour_stop(fake_text("counter")), 0);
  fake_settle();
  CHECK_EQUAL(fake.saves, TARS_LIMIT_SAVES + 2);
  CHECK_EQUAL(fake.record[4], 101);
  fake.record_size = 0;
}

/* A new version goes on with what its old one left of the budget. */
static void budgets_go_over(void) {
  fake.record_size = 0;
  fake_boot();
  rig_counter(&a, "counter", "n", INT64_C(3600000000));
  CHECK_EQUAL(rig_install_one(&a), 0);
  for (uint64_t i = 1; i <= TARS_LIMIT_SAVES; i++) set_and_save(i);
  rig_counter(&b, "counter", "n", INT64_C(1800000000));
  CHECK_EQUAL(rig_install_one(&b), 0);
  tars_behaviour *next = tars_app_named(&tars_core.app, fake_text("counter"));
  for (uint64_t i = 101; i <= 110; i++) slot_save(next, i);
  CHECK_EQUAL(fake.saves, TARS_LIMIT_SAVES);
  CHECK_EQUAL(rig_stats("counter").deferred, 10);
  fake.record_size = 0;
}

/* Behaviours that save all the time spend the budget of the board before each has spent its own; from then on the
 * board takes TARS_LIMIT_MODULES stores a minute. */
static void stores_of_a_board_have_a_budget(void) {
  enum { SOME = 5 };
  static const char *const names[SOME] = { "one", "two", "three", "four", "five" };
  static make makes[SOME];
  tars_module_source app[SOME];
  fake.record_size = 0;
  fake_boot();
  for (int i = 0; i < SOME; i++) {
    rig_counter(&makes[i], names[i], names[i], INT64_C(3600000000));
    app[i] = make_end(&makes[i]);
  }
  CHECK_EQUAL(rig_install(app, SOME), 0);
  for (uint64_t i = 1; i <= TARS_LIMIT_SAVES; i++)
    for (int k = 0; k < SOME; k++) slot_save(&tars_slots[k], i);
  CHECK_EQUAL(fake.saves, TARS_LIMIT_BOARD_SAVES);
  fake_advance(60000000 / TARS_LIMIT_MODULES - 1);
  CHECK_EQUAL(fake.saves, TARS_LIMIT_BOARD_SAVES);
  fake_advance(1);
  CHECK_EQUAL(fake.saves, TARS_LIMIT_BOARD_SAVES + 1);
  fake.record_size = 0;
}

int main(void) {
  checkpoints_wait_for_the_commit();
  checkpoints_hold_what_was_set();
  trials_keep_what_was_set();
  checkpoints_go_over();
  slow_stores_delay_swaps();
  stores_have_a_budget();
  budgets_go_over();
  stores_of_a_board_have_a_budget();
  return check_report("checkpoint");
}
