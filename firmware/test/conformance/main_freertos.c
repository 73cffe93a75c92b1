/* The suite on the FreeRTOS port, in an emulator with semihosting: its exit code is the result, and the second of the
 * words that it passes on is the port of the peer. */
#include "chip.h"
#include "conformance.h"
#include "port.h"
#include "semihosting.h"
#include "tars_sim.h"

#include <string.h>

static tars_task supervisor;
static _Alignas(8) uint8_t stack[8192];

void conformance_say(const char *text) { chip_print(text); }

/* The number at the end of the command line, 0 if there is none. */
static uint16_t peer_port(void) {
  static char line[64];
  uint32_t port = 0;
  if (semihosting_ask(SEMIHOSTING_GET_CMDLINE, (const uint32_t[]){ (uint32_t)line, sizeof line }) != 0) return 0;
  for (const char *at = strrchr(line, ' '); at && at[1] >= '0' && at[1] <= '9'; at++)
    port = port * 10 + (uint32_t)(at[1] - '0');
  return (uint16_t)port;
}

/* Starts the worker, then runs the suite as the supervisor. */
static void supervisor_run(void *unused) {
  (void)unused;
  chip_random_start();
  tars_sim_gpio_start();
  tars_reaction_start();
  tars_wait_tasks(tars_reaction_worker(), supervisor.handle);
  semihosting_exit((uint32_t)conformance_run(peer_port()));
}

int main(void) {
  tars_clock_init(false);
  tars_wait_init();
  tars_task_start(&supervisor, supervisor_run, "suite", TARS_TASK_SUPERVISOR, stack, sizeof stack);
  vTaskStartScheduler();
  semihosting_exit(1);
}
