/* The suite on the FreeRTOS port, in an emulator with semihosting: the exit code of the emulator is the result. */
#include "conformance.h"
#include "port.h"
#include "tars_sim.h"

enum { SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };

static tars_task supervisor;
static _Alignas(8) uint8_t stack[4096];

void conformance_say(const char *text) { tars_uart_print(text); }

/* Ends the emulator. */
static void leave(uint32_t code) {
  const uint32_t arguments[] = {APPLICATION_EXIT, code};
  register uint32_t operation __asm("r0") = SYS_EXIT_EXTENDED;
  register const uint32_t *parameters __asm("r1") = arguments;
  __asm volatile("bkpt 0xab" : : "r"(operation), "r"(parameters) : "memory");
}

/* Starts the worker, then runs the suite as the supervisor. */
static void supervisor_run(void *unused) {
  (void)unused;
  tars_provision_init();
  tars_sim_gpio_start();
  tars_reaction_start();
  tars_wait_tasks(tars_reaction_worker(), supervisor.handle);
  leave((uint32_t)conformance_run());
  for (;;) {
  }
}

/* Starts the kernel. */
int main(void) {
  tars_clock_init(false);
  tars_wait_init();
  tars_task_start(&supervisor, supervisor_run, "suite", TARS_TASK_SUPERVISOR, stack, sizeof stack);
  vTaskStartScheduler();
  leave(1);
  return 1;
}
