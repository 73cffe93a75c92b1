/* In the place of bench.c where an image has none, such as the smallest one. What it simulates nobody drives. */
#include "chip.h"
#include "port.h"
#include "tars_bench_port.h"
#include "tars_sim.h"

#include <string.h>

/* The simulation's lock: its pieces are short. */
void tars_sim_lock(void) {
  tars_hold();
  taskENTER_CRITICAL();
}

void tars_sim_unlock(void) {
  taskEXIT_CRITICAL();
  tars_release();
}

/* Without a bench only the lamps show an edge. */
void tars_watch_edge(uint16_t resource, bool level) {
  if (resource >= CHIP_LAMPS) return;
  tars_sim_lock();
  chip_lamp_set(resource, level);
  tars_sim_unlock();
}

void tars_watch_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct) {
  (void)resource, (void)pulse_us, (void)duty_pct;
}

void tars_bench_wake(void) {}
void tars_bench_relieve(void) {}

void tars_bench_start(void) {
  memset(&tars_world, 0, sizeof tars_world);
  tars_sim_gpio_start();
}
