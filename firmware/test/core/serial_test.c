/* Serial ports: what waits in one is announced until it is read, and goes where the behaviour goes. */
#include "rig.h"

static make a, b;

/* A behaviour on the one serial port; `version` makes modules differ. It reads nothing. */
static void listener(make *m, const char *name, uint32_t baud, int version) {
  make_begin(m, name);
  make_uart(m, "UART1", baud);
  make_source(m, TARS_SOURCE_UART, 0, 0);
  for (int i = 0; i < version; i++) make_log(m, "other bytes");
  MAKE_BODY(m, 0x01);
}

/* One event waits at most, with the latest count; after it, all is quiet until something else happens. */
static void told_once(void) {
  fake_boot();
  listener(&a, "reader", 9600, 0);
  make_every(&a, 1000, 0);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_receive("UART1", 2, 0);
  fake_receive("UART1", 1, 0); /* before the worker has come to the first */
  fake_settle();
  CHECK_EQUAL(fake_traced("R 0 reader 1 3\n"), 1);
  CHECK_EQUAL(fake_traced("reader 1 "), 1);
  fake_advance(2500);
  CHECK_EQUAL(fake_traced("R 1000 reader 1 3\n"), 1);
  CHECK_EQUAL(fake_traced("R 2000 reader 1 3\n"), 1);
  CHECK_EQUAL(fake_traced("reader 1 "), 3);
}

/* A behaviour that begins again keeps its port, and is told at once of what came while it was stopped. */
static void told_at_a_start(void) {
  fake_boot();
  listener(&a, "reader", 9600, 0);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(tars_behaviour_stop(fake_text("reader")), 0);
  fake_settle();
  fake_receive("UART1", 3, 7);
  fake_receive("UART1", 0, 2);
  fake_settle();
  CHECK_EQUAL(fake_traced("reader 1 "), 0);
  CHECK_EQUAL(rig_stats("reader").dropped, 9);
  CHECK_EQUAL(fake.logs, 1);
  CHECK_EQUAL(tars_behaviour_start(fake_text("reader")), 0);
  fake_settle();
  CHECK_EQUAL(fake_traced("R 0 reader 1 3\n"), 1);
  CHECK_EQUAL(fake_pin_of("UART1")->writes, 1);
}

/* What came during a trial is told to the version that comes back, though its successor was told, too. */
static void told_after_a_revert(void) {
  fake_boot();
  listener(&a, "reader", 9600, 0);
  CHECK_EQUAL(rig_install_one(&a), 0);
  listener(&b, "reader", 9600, 1);
  tars_module_source trial = make_end(&b);
  CHECK_EQUAL(rig_try(&trial, 1), 0);
  fake_receive("UART1", 2, 0);
  fake_settle();
  CHECK_EQUAL(fake_traced("reader 1 2\n"), 1);
  rig_revert();
  fake_settle();
  CHECK_EQUAL(fake_traced("reader 1 2\n"), 2);
  CHECK_EQUAL(fake_pin_of("UART1")->writes, 1);
}

/* A stopped behaviour that comes back sets up a port that a stranger has had meanwhile. */
static void strangers_leave_nothing(void) {
  fake_boot();
  listener(&a, "reader", 9600, 0);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(tars_behaviour_stop(fake_text("reader")), 0);
  fake_settle();
  listener(&b, "stranger", 115200, 0);
  tars_module_source trial = make_end(&b);
  CHECK_EQUAL(rig_try(&trial, 1), 0);
  CHECK_EQUAL(fake_pin_of("UART1")->frequency, 115200);
  rig_revert();
  CHECK_EQUAL(fake_pin_of("UART1")->frequency, 9600);
  CHECK_EQUAL(tars_behaviour_start(fake_text("reader")), 0);
  fake_settle();
  CHECK_EQUAL(fake_pin_of("UART1")->frequency, 9600);
}

int main(void) {
  told_once();
  told_at_a_start();
  told_after_a_revert();
  strangers_leave_nothing();
  return check_report("serial");
}
