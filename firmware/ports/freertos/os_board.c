/* The rest of the system interface: tasks, reset, panic, and what the kernel asks for. */
#include "an500.h"
#include "port.h"
#include "tars_place.h"

/* Creates a task. */
void tars_task_start(tars_task *task, TaskFunction_t body, const char *name, int priority, void *stack,
                     uint32_t bytes) {
  task->handle =
      xTaskCreateStatic(body, name, bytes / sizeof(StackType_t), NULL, (UBaseType_t)priority, stack, &task->control);
}

/* Restarts the board: RAM and flash stay, all else starts anew. */
void tars_os_reset(void) {
  __asm volatile("cpsid i\n dsb");
  AN500_AIRCR = AN500_AIRCR_RESET;
  __asm volatile("dsb");
  for (;;) {
  }
}

/* Stops with the lamps off and says why; the watchdog restarts the board. Its own interrupt comes first: the first
 * reason counts. */
void tars_os_panic(int number, const char *reason) {
  static volatile bool said;
  const char digits[] = { (char)('0' + number / 10 % 10), (char)('0' + number % 10), 0 };
  __asm volatile("cpsid i");
  AN500_FPGAIO->led = 0;
  while (said) {
  }
  said = true;
  tars_watchdog_start(); /* before it is, too: whoever panics while the board starts */
  tars_uart_print("\r\npanic ");
  tars_uart_print(digits);
  tars_uart_print(": ");
  tars_uart_print(reason);
  tars_uart_print("\r\n");
  for (;;) {
  }
}

_Noreturn void tars_kernel_assert(void) {
  tars_os_panic(23, "an invariant of the kernel does not hold");
  for (;;) {
  }
}

/* The kernel found the end of a stack overwritten. */
void vApplicationStackOverflowHook(TaskHandle_t task, char *name);
void vApplicationStackOverflowHook(TaskHandle_t task, char *name) {
  (void)task;
  tars_uart_print(name);
  tars_os_panic(24, "a stack is too small");
}

/* Nothing to do: sleep until an interrupt. */
TARS_PLACE void vApplicationIdleHook(void);
void vApplicationIdleHook(void) {
  if (!tars_provision_busy()) __asm volatile("wfi");
}
