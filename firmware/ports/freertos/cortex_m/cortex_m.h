/* What all chips with a Cortex-M have in common: interrupt controller, system control, start and faults. A chip of
 * another architecture doesn't include this. */
#ifndef TARS_CORTEX_M_H
#define TARS_CORTEX_M_H

#include <stdint.h>

#define CORTEX_M_NVIC_ENABLE        ((volatile uint32_t *)0xe000e100u)
#define CORTEX_M_NVIC_CLEAR_PENDING ((volatile uint32_t *)0xe000e280u)
#define CORTEX_M_NVIC_PRIORITY      ((volatile uint8_t *)0xe000e400u)
#define CORTEX_M_ICSR               (*(volatile uint32_t *)0xe000ed04u)
#define CORTEX_M_VTOR               (*(volatile uint32_t *)0xe000ed08u)
#define CORTEX_M_AIRCR              (*(volatile uint32_t *)0xe000ed0cu)
#define CORTEX_M_CPACR              (*(volatile uint32_t *)0xe000ed88u)
enum { CORTEX_M_AIRCR_RESET = 0x05fa0004 };
enum { CORTEX_M_ICSR_ACTIVE = 511, CORTEX_M_ICSR_ALONE = 1 << 11 }; /* exception that runs; it has interrupted a task */
enum { CORTEX_M_FIRST_IRQ = 16 };

/* Enables an interrupt with a priority. */
static inline void cortex_m_irq_enable(int irq, uint8_t priority) {
  CORTEX_M_NVIC_PRIORITY[irq] = priority;
  CORTEX_M_NVIC_ENABLE[irq / 32] = 1u << (irq % 32);
}
/* Clears an interrupt that is pending. */
static inline void cortex_m_irq_forget(int irq) { CORTEX_M_NVIC_CLEAR_PENDING[irq / 32] = 1u << (irq % 32); }

/* From reset to main (start.c). */
_Noreturn void tars_start(void);
/* Handler of faults of the processor. A guest can't cause one, so a fault is a bug of the firmware. */
void cortex_m_fault(void);
/* Handler of interrupts that the firmware never enables. */
void cortex_m_unexpected(void);
/* Handlers of the kernel. */
void vPortSVCHandler(void);
void xPortPendSVHandler(void);
void xPortSysTickHandler(void);

/* The table of exceptions and interrupts, which a chip makes: CORTEX_M_EXCEPTIONS, then from [16] on its interrupts. */
typedef void (*cortex_m_handler)(void);
typedef union {
  cortex_m_handler handler;
  void *stack;
} cortex_m_vector;
#define CORTEX_M_VECTORS __attribute__((section(".vectors"), used))

extern uint8_t tars_stack_top[];
/* All but [2], the NMI. */
#define CORTEX_M_EXCEPTIONS                                                                                            \
  [0] = { .stack = tars_stack_top }, [1] = { (cortex_m_handler)tars_start }, [3] = { cortex_m_fault },                 \
  [4] = { cortex_m_fault }, [5] = { cortex_m_fault }, [6] = { cortex_m_fault }, [11] = { vPortSVCHandler },            \
  [14] = { xPortPendSVHandler }, [15] = { xPortSysTickHandler }

#endif
