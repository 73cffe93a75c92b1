/* In the place of bench.c and net/agent.c, where an image has neither: the smallest one. What it simulates nobody
 * drives. */
#include "an500.h"
#include "port.h"
#include "tars_bench_port.h"
#include "tars_sim.h"

#include <string.h>

/* The simulation's lock: its pieces are short. */
void tars_sim_lock(void) {
  tars_hold();
  taskENTER_CRITICAL();
}

/* Gives it back. */
void tars_sim_unlock(void) {
  taskEXIT_CRITICAL();
  tars_release();
}

/* Nobody looks but the lamps: LED and LED2, the first two resources. */
void tars_watch_edge(uint16_t resource, bool level) {
  if (resource > 1) return;
  tars_sim_lock();
  AN500_FPGAIO->led = (AN500_FPGAIO->led & ~(1u << resource)) | (uint32_t)level << resource;
  tars_sim_unlock();
}

void tars_watch_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct) {
  (void)resource, (void)pulse_us, (void)duty_pct;
}

/* There is no bench, */
void tars_bench_wake(void) {}
void tars_bench_relieve(void) {}
void tars_trace_flush(void) {}

/* only a world that begins anew with every start. */
void tars_bench_start(void) {
  memset(&tars_world, 0, sizeof tars_world);
  tars_sim_gpio_start();
}

/* There is no broker. */
void tars_net_init(tars_agent_config *config) { (void)config; }
void tars_net_start(void) {}
bool tars_net_replying(void) { return false; }
