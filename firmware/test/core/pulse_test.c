/* Pulses: widths and timeouts at their times, and what becomes of a pulse in a trial. */
#include "rig.h"

#include <string.h>

static make a, b;

/* The row of a `pulse.in` without a pull. */
static void pulse_in(make *m, const char *pin, uint8_t active, uint32_t timeout_us) {
  tars_cbor_writer out = { m->uses.bytes + m->uses.size, MAKE_SIZE - m->uses.size, 0 };
  tars_cbor_write_array(&out, 5);
  tars_cbor_write_uint(&out, TARS_KIND_PULSE_IN);
  tars_cbor_write_text(&out, (tars_text){ pin, (uint16_t)strlen(pin) });
  tars_cbor_write_uint(&out, 0);
  tars_cbor_write_uint(&out, active);
  tars_cbor_write_uint(&out, timeout_us);
  CHECK(tars_cbor_write_end(&out) >= 0);
  m->uses.size += out.size;
  m->use_count++;
}

/* A behaviour that wants these events of PC13; its trace says which came. */
static void ranger(make *m, uint8_t active, int events, int64_t period_us) {
  make_begin(m, "ranger");
  pulse_in(m, "PC13", active, 5000);
  make_source(m, TARS_SOURCE_PULSE, 0, events);
  if (period_us) make_every(m, period_us, 0);
  MAKE_BODY(m, 0x01);
}

/* A pulse that ends after `us`. */
static void pulse(bool level, int64_t us) {
  fake_drive("PC13", level);
  fake_advance(us);
  fake_drive("PC13", !level);
  fake_settle();
}

/* A pulse that ends says its width, one that lasts says that, and only what is wanted is said. */
static void widths_and_timeouts(void) {
  for (int active = 0; active <= 1; active++) {
    for (int events = 1; events <= 3; events++) {
      fake_boot();
      fake.outside[fake_resource("PC13")] = active == 1;
      ranger(&a, (uint8_t)active, events, 0);
      CHECK_EQUAL(rig_install_one(&a), 0);
      pulse(active == 0, 4999);
      pulse(active == 0, 5000);
      pulse(active == 0, 7000);
      pulse(active == 0, 1);
      int echo = events & 1, timeout = events >> 1;
      CHECK_EQUAL(fake_traced("R 4999 ranger 1 4999\n"), echo);
      CHECK_EQUAL(fake_traced("R 9999 ranger 1 5000\n"), timeout);
      CHECK_EQUAL(fake_traced("R 14999 ranger 1 5000\n"), timeout);
      CHECK_EQUAL(fake_traced("R 17000 ranger 1 1\n"), echo);
      CHECK_EQUAL(fake_traced(" ranger 1 "), 2 * echo + 2 * timeout);
    }
  }
}

/* Of a pulse that was measured when the behaviour was frozen nothing is said after the revert, whether its level has
 * changed meanwhile or not: an edge may have been missed. The next one is measured. */
static void reverts_forget(void) {
  for (int changes = 0; changes <= 2; changes++) {
    fake_boot();
    ranger(&a, 0, 3, 0);
    CHECK_EQUAL(rig_install_one(&a), 0);
    fake_drive("PC13", true);
    fake_advance(1000);
    ranger(&b, 0, 3, 1000000);
    tars_module_source trial = make_end(&b);
    CHECK_EQUAL(rig_try(&trial, 1), 0);
    for (int i = 0; i < changes; i++) {
      fake_drive("PC13", i % 2 != 0);
      fake_advance(1000);
    }
    rig_revert();
    fake_settle();
    fake.trace[0] = '\0';
    fake_drive("PC13", false);
    fake_advance(10000);
    CHECK_EQUAL(fake_traced(" ranger 1 "), 0);
    pulse(true, 300);
    CHECK_EQUAL(fake_traced(" ranger 1 300\n"), 1);
  }
}

/* An edge that the set-up itself makes, or that comes meanwhile, begins no pulse: when it was is not known. */
static void beginnings_are_seen(void) {
  fake_boot();
  fake_drive("PC13", true);
  ranger(&a, 0, 3, 0);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(1000);
  fake_drive("PC13", false);
  fake_advance(10000);
  CHECK_EQUAL(fake_traced(" ranger 1 "), 0);
  pulse(true, 42);
  CHECK_EQUAL(fake_traced(" ranger 1 42\n"), 1);
}

/* An end or a timeout that finds the queue full waits until there is room; the next pulse takes its place. */
static void full_queues_hold_back_ends(void) {
  static const struct {
    int64_t us;
    const char *expected;
  } cases[] = { { 3000, "R 3000 ranger 1 3000\n" }, { 6000, "R 5000 ranger 1 5000\n" } };
  for (size_t i = 0; i < 2; i++) {
    fake_boot();
    ranger(&a, 0, 3, 0);
    make_every(&a, 100, TARS_LIMIT_QUEUE);
    CHECK_EQUAL(rig_install_one(&a), 0);
    fake_drive("PC13", true);
    fake.now_us = cases[i].us;
    fake_drive("PC13", false);
    fake_settle();
    CHECK_EQUAL(fake_traced(cases[i].expected), 1);
    CHECK_EQUAL(fake_traced(" ranger 1 "), 1);
    fake_drive("PC13", true);
    fake.now_us += 2000;
    fake_drive("PC13", false);
    fake_drive("PC13", true);
    fake.now_us += 2500;
    fake_drive("PC13", false);
    fake_settle();
    CHECK_EQUAL(fake_traced(" ranger 1 2000\n"), 0);
    CHECK_EQUAL(fake_traced(" ranger 1 2500\n"), 1);
  }
}

int main(void) {
  widths_and_timeouts();
  reverts_forget();
  beginnings_are_seen();
  full_queues_hold_back_ends();
  return check_report("pulse");
}
