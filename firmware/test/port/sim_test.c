/* What the simulation tells and does only on this port: the bench's watches, and the file that stands for flash, with
 * its faults. How peripherals and flash behave is said once for every port: firmware/test/conformance. */
#include "check.h"
#include "board.h"
#include "port.h"
#include "tars_sim.h"
#include "tars.h"
#include "tars_errors.h"
#include "tars_hal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
  int edges, pwms;
  uint16_t resource;
  bool level;
  uint32_t pulse_us;
} seen;

void tars_watch_edge(uint16_t resource, bool level) {
  seen.edges++;
  seen.resource = resource;
  seen.level = level;
}

void tars_watch_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct) {
  (void)duty_pct;
  seen.pwms++;
  seen.resource = resource;
  seen.pulse_us = pulse_us;
}

/* The port calls these functions of the core, which isn't linked into this test. */
void tars_event_edge(uint16_t resource, bool level, int64_t time_us) { (void)resource, (void)level, (void)time_us; }
void tars_event_uart(uint16_t resource, uint32_t lost, int64_t time_us) { (void)resource, (void)lost, (void)time_us; }
bool tars_idle(void) { return true; }
int64_t tars_next_deadline_us(void) { return INT64_MAX; }
void tars_worker_run(void) {}

static uint16_t resource(const char *name, tars_resource_type type) {
  int index = tars_sim_find((tars_text){ name, (uint16_t)strlen(name) }, type);
  CHECK(index >= 0);
  return (uint16_t)index;
}

/* A watch tells of each change and of nothing else. */
static void test_watch(void) {
  uint16_t led = resource("LED", TARS_RESOURCE_GPIO), servo = resource("SERVO1", TARS_RESOURCE_PWM);
  CHECK_EQUAL(tars_gpio_output(led, true), 0);
  CHECK(seen.edges == 1 && seen.resource == led && seen.level);
  tars_gpio_write(led, true);
  CHECK_EQUAL(seen.edges, 1);
  tars_gpio_write(led, false);
  CHECK(seen.edges == 2 && !seen.level);
  tars_pwm_pulse_us(servo, 1500);
  CHECK_EQUAL(seen.pwms, 0); /* the channel is not configured yet */
  CHECK_EQUAL(tars_pwm_configure(servo, 50), 0);
  tars_pwm_pulse_us(servo, 1500);
  tars_pwm_pulse_us(servo, 1500);
  CHECK(seen.pwms == 1 && seen.resource == servo && seen.pulse_us == 1500);
  tars_pwm_duty_pct(servo, 50.0f);
  CHECK(seen.pwms == 2 && seen.pulse_us == 10000);
}

/* A file of the flash's size, erased at first; from a fault on every operation fails, until it is taken back. */
static void test_flash(void) {
  char state[] = "/tmp/tars-sim-test-XXXXXX", path[64];
  uint8_t zeros[TARS_BOARD_FLASH_PROGRAM] = { 0 }, bytes[2];
  struct stat status;
  uint32_t erases, programs;
  CHECK(mkdtemp(state) != NULL);
  tars_flash_open(state);
  CHECK(tars_flash_read(TARS_BOARD_FLASH_SIZE - sizeof bytes, bytes, sizeof bytes) == 0 && bytes[0] == 0xff &&
        bytes[1] == 0xff);
  tars_flash_fault(TARS_E_IO, 1);
  CHECK_EQUAL(tars_flash_erase(4096), 0);
  CHECK_EQUAL(tars_flash_erase(4096), -TARS_E_IO);
  CHECK_EQUAL(tars_flash_program(4096, zeros, sizeof zeros), -TARS_E_IO);
  tars_flash_fault(0, 0);
  CHECK_EQUAL(tars_flash_program(4096, zeros, sizeof zeros), 0);
  tars_flash_counters(&erases, &programs);
  CHECK(erases == 1 && programs == 1);
  snprintf(path, sizeof path, "%s/flash.bin", state);
  CHECK(stat(path, &status) == 0 && status.st_size == TARS_BOARD_FLASH_SIZE);
  unlink(path);
  rmdir(state);
}

int main(void) {
  test_watch();
  test_flash();
  return check_report("sim");
}
