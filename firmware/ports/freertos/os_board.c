/* The rest of the system interface: tasks, reset, panic, and what the kernel asks for. */
#include "chip.h"
#include "port.h"
#include "tars.h" /* evidence */
#include "tars_place.h"

/* Creates a task. */
void tars_task_start(tars_task *task, TaskFunction_t body, const char *name, int priority, void *stack,
                     uint32_t bytes) {
  task->handle =
      xTaskCreateStatic(body, name, bytes / sizeof(StackType_t), NULL, (UBaseType_t)priority, stack, &task->control);
}

/* Restarts the board: RAM and flash stay, all else starts anew. */
void tars_os_reset(void) { chip_reset(); }

/* A reset keeps it, power doesn't: it holds if the check word fits. */
static volatile struct { uint32_t what, check; } evidence __attribute__((section(".noinit")));

enum { CHECK = 0x5eed0e51 };

void tars_os_evidence_set(uint8_t what) {
  evidence.what = what;
  evidence.check = what ^ CHECK;
}

uint8_t tars_os_evidence_take(void) {
  uint32_t what = evidence.what;
  if (evidence.check != (what ^ CHECK) || what > UINT8_MAX) what = 0;
  tars_os_evidence_set(0);
  return (uint8_t)what;
}

/* What the failure of the board is evidence of. A fault or a broken invariant is the doing of the task that runs. The
 * watchdog bites whoever runs, so more is asked: of the worker, that a reaction holds something and its time is over;
 * of the supervisor, that it alone has not gone round of those that run before all others, so that the link doesn't
 * keep it from running. */
static uint8_t evidence_of(int panic) {
  TaskHandle_t task = xTaskGetCurrentTaskHandle();
  bool watchdog = panic == TARS_PANIC_WATCHDOG;
  if (!chip_in_task()) return 0;
  if (watchdog ? tars_reaction_is_late() : task == tars_reaction_worker()) return tars_worker_evidence();
  bool stands = tars_watchdog_saw(TARS_ALIVE_LINK) && !tars_watchdog_saw(TARS_ALIVE_SUPERVISOR);
  return task == tars_wait_supervisor() && (!watchdog || stands) ? tars_supervisor_evidence() : 0;
}

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
  tars_os_evidence_set(evidence_of(number));
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
