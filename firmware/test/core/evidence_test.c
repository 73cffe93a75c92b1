/* What the core says of a board that fails now: only what a trial has brought, and what is loaded for it, is to blame.
 */
#include "rig.h"

enum { PERIOD_US = 1000, BLAMED = 3, LATER = 4, STAYS = 5 };

static make kept, brought;
static uint8_t seen[2]; /* what the worker said when LED and LED2 were written */
static int looks;

/* Comes between while a digital output is written: which one, the pins tell. */
static void look(void) {
  static int edges;
  bool first = fake_pin_of("LED")->edges != edges;
  edges = fake_pin_of("LED")->edges;
  seen[first ? 0 : 1] = tars_worker_evidence();
  CHECK_EQUAL(tars_supervisor_evidence(), 0);
  looks++;
}

/* Lets all behaviours of the app react. */
static void react(void) {
  int before = looks;
  seen[0] = seen[1] = 0xee;
  fake.on_write = look;
  fake_advance(PERIOD_US);
  fake.on_write = NULL;
  CHECK(looks > before);
}

/* A reaction is evidence of what was said of its app: a trial's while the behaviour is in trial, not before and not
 * after, the committed app's of one that the trial has taken over as it was. */
static void test_worker(void) {
  tars_module_source app[2];
  fake_boot();
  tars_app_blame(BLAMED);
  rig_toggler(&kept, "kept", "LED", PERIOD_US);
  rig_toggler(&brought, "brought", "LED2", PERIOD_US);
  app[0] = make_end(&kept);
  app[1] = make_end(&brought);
  CHECK_EQUAL(rig_try(app, 1), 0);
  react();
  CHECK_EQUAL(seen[0], BLAMED);
  CHECK_EQUAL(tars_worker_evidence(), 0); /* between reactions */
  rig_commit();
  react();
  CHECK_EQUAL(seen[0], 0);
  tars_app_blame_committed(STAYS);
  tars_app_blame(LATER);
  CHECK_EQUAL(rig_try(app, 2), 0);
  react();
  CHECK_EQUAL(seen[0], STAYS);
  CHECK_EQUAL(seen[1], LATER);
  rig_revert();
  react();
  CHECK(seen[0] == STAYS && seen[1] == 0xee);
  CHECK_EQUAL(tars_worker_evidence(), 0);
  CHECK_EQUAL(rig_try(app, 2), 0);
  tars_app_blame(0);
  react();
  CHECK_EQUAL(seen[1], 0);
}

/* While a module is loaded it is the supervisor who is to blame. */
static void test_supervisor(void) {
  fake_boot();
  tars_app_blame(BLAMED);
  rig_counter(&kept, "kept", "count", PERIOD_US);
  fake.load_evidence = 0xee;
  CHECK_EQUAL(rig_install_one(&kept), 0);
  CHECK_EQUAL(fake.load_evidence, BLAMED);
  CHECK_EQUAL(tars_supervisor_evidence(), 0);
  rig_toggler(&brought, "brought", "NOWHERE", PERIOD_US);
  CHECK(rig_install_one(&brought) < 0); /* refused */
  CHECK_EQUAL(tars_supervisor_evidence(), 0);
}

int main(void) {
  test_worker();
  test_supervisor();
  return check_report("evidence");
}
