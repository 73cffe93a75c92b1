/* Fuzzer of the whole core from inside a guest: real dispatch, handlers, queues, timers, topics, faults and restarts,
 * on the fake port of the core's tests. The input steers what happens to the board and, in between, which host calls a
 * hostile guest makes with which arguments. Whatever it does: peripherals are asked only for what its manifest declares
 * (strict_hal.c), its outputs are safe while it is down, and a neighbour at 1 kHz misses no event. */
#include "fuzz.h"
#include "guest.h"
#include "mutate.h"
#include "rig.h"
#include "strict_hal.h"
#include "tars_calls.h"

enum { PERIOD_US = 1000, OPS_MOST = 200 };

/* Appends a row to the handles. */
static void use_row(make *m, const char *hex) {
  for (; *hex; hex += 2) {
    char pair[3] = { hex[0], hex[1], 0 };
    m->uses.bytes[m->uses.size++] = (uint8_t)strtoul(pair, NULL, 16);
  }
  m->use_count++;
}

/* The hostile guest's module: every call, a handle of every kind, a source of every kind. */
static tars_module_source hostile(void) {
  static make m;
  make_begin(&m, "hostile");
  for (uint32_t i = 0; i < tars_call_count; i++) make_call(&m, tars_calls[i].id);
  make_global(&m, 0, 1, true);
  m.timers = 2;
  m.finish = 1;
  m.restart_ms = 10;
  m.restart_most = 0;
  make_gpio_out(&m, "LED", 0, 0);
  make_gpio_in(&m, "BUTTON", 1, 0, 300);
  make_pulse(&m, "SERVO1", 1500);
  make_duty(&m, "MOTOR_L", 0);
  use_row(&m, "8205624130"); /* 4: adc A0 */
  make_i2c(&m, "I2C1", 0x48, 400);
  use_row(&m, "8307645350493163504134"); /* 6: spi SPI1, select PA4 */
  use_row(&m, "8308655541525431192580"); /* 7: uart UART1 at 9,600 baud */
  use_row(&m, "820901");                 /* 8: timer 1 */
  make_publish(&m, "own", 100, "v:i32,w:f32");
  make_subscribe(&m, "own", "v:i32,w:f32", 2);
  make_subscribe(&m, "foreign", "v:f32", 0);
  make_param_i32(&m, "p", 0, -10, 10);
  make_every(&m, 700, 1);
  make_source(&m, TARS_SOURCE_EDGE, 1, 3);
  make_source(&m, TARS_SOURCE_MESSAGE, 10, 0);
  make_source(&m, TARS_SOURCE_MESSAGE, 11, 0);
  make_source(&m, TARS_SOURCE_PARAM, 12, 0);
  make_source(&m, TARS_SOURCE_UART, 7, 0);
  make_log(&m, "seen {} {}");
  make_body(&m, 0, (const uint8_t *)"", 0);
  return make_end(&m);
}

/* Its neighbour: toggles LED2 every millisecond. */
static tars_module_source neighbour(void) {
  static make m;
  make_begin(&m, "neighbour");
  make_call(&m, TARS_CALL_GPIO_TOGGLE);
  make_gpio_out(&m, "LED2", 0, 0);
  make_every(&m, PERIOD_US, 0);
  make_body(&m, 0, (const uint8_t *)"", 0);
  return make_end(&m);
}

/* Every trace line is of a known kind and short. */
static void check_line(const char *line) {
  FUZZ_ASSERT((line[0] == 'R' || line[0] == 'C' || line[0] == 'F') && line[1] == ' ' && strlen(line) < 128);
}

/* Lets one thing happen to the board. */
static void happen(uint8_t op) {
  static const int64_t steps_us[] = { 100, 300, 700, 1000, 1300, 5000, 20000, 150000 };
  uint8_t detail = op >> 3;
  tars_value value = { .type = TARS_VALUE_FLOAT, .f = (float)detail };
  switch (op & 7) {
  case 0: tars_event_edge(strict_resource("BUTTON"), detail & 1, fake.now_us); break;
  case 1:
    strict.received = (uint8_t)(strict.received % 32 + detail % 8);
    tars_event_uart(strict_resource("UART1"), detail / 8, fake.now_us);
    break;
  case 2: rig_param_set("hostile", "p", (int8_t)(guest_byte())); break;
  case 3: tars_topic_publish(fake_text("foreign"), &value, detail % 3); break;
  case 4: fake.abandon_after = detail ? detail + 1u : 0; break; /* never in the neighbour's only call */
  case 5: strict.next = detail; break;
  default: fake_advance(steps_us[detail & 7]);
  }
  fake_settle();
}

/* Asserts that the outputs of a guest which restarts or is parked are in their safe state. */
static void check_safe(void) {
  if (rig_status("hostile") != 2 && rig_status("hostile") != 3) return; /* restarting, parked */
  FUZZ_ASSERT(!strict.led && strict.pulse_us == 1500 && strict.duty_pct == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static tars_module_source modules[2];
  if (!modules[0].read) {
    modules[0] = hostile();
    modules[1] = neighbour();
  }
  strict = (strict_state){ 0 };
  fake.record_size = 0;
  fake_boot();
  tars_trace = check_line;
  guest_begin(data, (uint32_t)size);
  FUZZ_ASSERT(rig_install(modules, 2) == 0);
  int64_t begin_us = fake.now_us;
  for (uint32_t ops = 0; ops < OPS_MOST && !guest_done(); ops++) {
    happen(guest_byte());
    check_safe();
  }
  FUZZ_ASSERT(strict.neighbour_edges == (fake.now_us - begin_us) / PERIOD_US);
  FUZZ_ASSERT(rig_status("neighbour") == 1 && check_failures == 0);
  return 0;
}
