/* Start-up, instruction counter, painted stack, UART and exit on QEMU's mps2-an500; see machine.h. */
#include "machine.h"

#include <string.h> /* memcpy, memset */

extern uint32_t m7_data[], m7_data_end[], m7_data_from[], m7_bss[], m7_bss_end[], m7_stack_top[], m7_stack_low[];

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYSTICK_CONTROL   REGISTER(0xe000e010)
#define SYSTICK_RELOAD    REGISTER(0xe000e014)
#define SYSTICK_NOW       REGISTER(0xe000e018)
#define FPU_ACCESS        REGISTER(0xe000ed88)
#define UART_DATA         REGISTER(0x40004000)
#define UART_STATE        REGISTER(0x40004004)
#define UART_CONTROL      REGISTER(0x40004008)
#define UART_DIVIDER      REGISTER(0x40004010)

enum { TICKS = 0xffffff, PAINT = 0x5a5a5a5a, MARGIN = 64 };

/* Where the stack is now; not inlined, so that callers see the same frame. */
static uint32_t *stack_now(void) {
  uint32_t *now;
  __asm__ volatile("mov %0, sp" : "=r"(now));
  return now;
}

/* The counter runs down and isn't read twice within one wrap: 671 million instructions. */
m7_cost m7_measure(void (*work)(void)) {
  uint32_t *top = stack_now(), *low = m7_stack_low;
  for (volatile uint32_t *word = m7_stack_low; word < top - MARGIN / sizeof *top; word++) *word = PAINT;
  uint32_t start = SYSTICK_NOW;
  work();
  uint32_t ticks = (start - SYSTICK_NOW) & TICKS;
  while (low < top && *low == PAINT) low++;
  return (m7_cost){ ticks * M7_STEP, (uint32_t)((top - low) * (int)sizeof *top) };
}

/* One character, once there is room. */
static void put(char c) {
  while (UART_STATE & 1) {
  }
  UART_DATA = (uint8_t)c;
}

void m7_print(const char *name, uint32_t value) {
  char digits[10];
  int count = 0;
  while (*name) put(*name++);
  put(' ');
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count) put(digits[--count]);
  put('\n');
}

/* Semihosting: SYS_EXIT_EXTENDED with ADP_Stopped_ApplicationExit. */
void m7_exit(int code) {
  uint32_t block[2] = { 0x20026, (uint32_t)code };
  register uint32_t operation __asm__("r0") = 0x20;
  register uint32_t *argument __asm__("r1") = block;
  __asm__ volatile("bkpt 0xab" : : "r"(operation), "r"(argument) : "memory");
  for (;;) {
  }
}

/* Handler of every fault and interrupt: none is expected. */
static void fail(void) {
  m7_print("fault", 1);
  m7_exit(1);
}

void *_sbrk(intptr_t size);
/* The library's printf could ask for a heap; there is none, and nothing here may need one. */
void *_sbrk(intptr_t size) {
  (void)size;
  fail();
  return NULL;
}

void m7_reset(void);
/* Memory, FPU, counter and UART, then the work. */
void m7_reset(void) {
  FPU_ACCESS |= 0xf << 20;
  __asm__ volatile("dsb\n isb" ::: "memory");
  memcpy(m7_data, m7_data_from, (uintptr_t)m7_data_end - (uintptr_t)m7_data);
  memset(m7_bss, 0, (uintptr_t)m7_bss_end - (uintptr_t)m7_bss);
  SYSTICK_RELOAD = TICKS;
  SYSTICK_NOW = 0;
  SYSTICK_CONTROL = 5; /* processor clock, no interrupt */
  UART_DIVIDER = 16;
  UART_CONTROL = 1;
  m7_exit(m7_main());
}

/* Initial stack and the exceptions of the core. */
__attribute__((section(".vectors"), used)) static const struct {
  void *stack;
  void (*handlers[15])(void);
} vectors = { m7_stack_top,
              { m7_reset, fail, fail, fail, fail, fail, fail, fail, fail, fail, fail, fail, fail, fail, fail } };
