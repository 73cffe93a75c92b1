/* The kernel's configuration: everything static, no heap, no software timers. FreeRTOS fixes the names. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include "chip_config.h" /* clock, priorities of interrupts */

#define configUSE_PREEMPTION                    1
#define configUSE_TIME_SLICING                  1 /* of worker and supervisor (tars_os_supervisor_share) */
#define configUSE_PORT_OPTIMISED_TASK_SELECTION 1
#define configUSE_TICKLESS_IDLE                 0
#define configCPU_CLOCK_HZ                      CHIP_CLOCK_HZ
#define configTICK_RATE_HZ                      1000
#define configMAX_PRIORITIES                    8
#define configMINIMAL_STACK_SIZE                64 /* words: the idle task's */
#define configMAX_TASK_NAME_LEN                 12
#define configTICK_TYPE_WIDTH_IN_BITS           TICK_TYPE_WIDTH_32_BITS
#define configIDLE_SHOULD_YIELD                 0
#define configTASK_NOTIFICATION_ARRAY_ENTRIES   1
#define configUSE_MUTEXES                       1
#define configUSE_TIMERS                        0
#define configQUEUE_REGISTRY_SIZE               0
#define configENABLE_BACKWARD_COMPATIBILITY     0

#define configSUPPORT_STATIC_ALLOCATION     1
#define configSUPPORT_DYNAMIC_ALLOCATION    0
#define configKERNEL_PROVIDED_STATIC_MEMORY 1

#define configUSE_IDLE_HOOK            1
#define configUSE_TICK_HOOK            0
#define configCHECK_FOR_STACK_OVERFLOW 2

#define configPRIO_BITS                      CHIP_PRIORITY_BITS
#define configKERNEL_INTERRUPT_PRIORITY      CHIP_PRIORITY_KERNEL
#define configMAX_SYSCALL_INTERRUPT_PRIORITY CHIP_PRIORITY_CALLS

#define INCLUDE_vTaskDelete                 1
#define INCLUDE_vTaskDelay                  1
#define INCLUDE_vTaskPrioritySet            1
#define INCLUDE_uxTaskGetStackHighWaterMark 1
#define INCLUDE_xTaskGetCurrentTaskHandle   1

/* The reaction's clock stands still while another task runs. */
void tars_reaction_pause(const void *task);
void tars_reaction_resume(const void *task);
#define traceTASK_SWITCHED_OUT() tars_reaction_pause(pxCurrentTCB)
#define traceTASK_SWITCHED_IN()  tars_reaction_resume(pxCurrentTCB)

/* A broken invariant of the kernel. */
_Noreturn void tars_kernel_assert(void);
#define configASSERT(x)                                                                                                \
  do {                                                                                                                 \
    if (!(x)) tars_kernel_assert();                                                                                    \
  } while (0)

#endif
