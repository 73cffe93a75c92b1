/* The rest of the system interface: tasks, reset, panic, and what the kernel asks for. */
#include "chip.h"
#include "port.h"
#include "tars_place.h"

/* Creates a task. */
void tars_task_start(tars_task *task, TaskFunction_t body, const char *name, int priority, void *stack,
                     uint32_t bytes) {
  task->handle =
      xTaskCreateStatic(body, name, bytes / sizeof(StackType_t), NULL, (UBaseType_t)priority, stack, &task->control);
}

/* Restarts the board: RAM and flash stay, all else starts anew. */
void tars_os_reset(void) { chip_reset(); }

/* Stops with the lamps off and says why; the watchdog restarts the board. Its own interrupt comes first: the first
 * reason counts. */
void tars_os_panic(int number, const char *reason) {
  static volatile bool said;
  const char digits[] = { (char)('0' + number / 10 % 10), (char)('0' + number % 10), 0 };
  chip_interrupts_off();
  chip_outputs_off();
  while (said) {
  }
  said = true;
  tars_watchdog_start(); /* before it is, too: whoever panics while the board starts */
  chip_print("\r\npanic ");
  chip_print(digits);
  chip_print(": ");
  chip_print(reason);
  chip_print("\r\n");
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
  chip_print(name);
  tars_os_panic(24, "a stack is too small");
}

TARS_PLACE void vApplicationIdleHook(void);
void vApplicationIdleHook(void) { chip_idle(); }
