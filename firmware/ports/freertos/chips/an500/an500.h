/* Registers of the board mps2-an500: Cortex-M7 with the peripherals of ARM's CMSDK. */
#ifndef AN500_H
#define AN500_H

#include "chip_config.h" /* CHIP_CLOCK_HZ */

#include <stdint.h>

enum { AN500_CLOCK_HZ = CHIP_CLOCK_HZ, AN500_TICKS_US = CHIP_CLOCK_HZ / 1000000 };

/* Interrupts. */
enum {
  AN500_IRQ_UART0_RX = 0,
  AN500_IRQ_UART0_TX = 1,
  AN500_IRQ_UART1_RX = 2,
  AN500_IRQ_UART1_TX = 3,
  AN500_IRQ_TIMER0 = 8,
  AN500_IRQ_TIMER1 = 9,
  AN500_IRQ_DUAL_TIMER = 10,
  AN500_IRQ_ETHERNET = 13,
  AN500_IRQ_COUNT = 32,
};

/* Serial port without a FIFO. */
typedef struct {
  volatile uint32_t data, state, control, interrupts, baud_divisor;
} an500_uart;
enum { AN500_UART_TX_FULL = 1, AN500_UART_RX_FULL = 2 };                                           /* state */
enum { AN500_UART_TX_ON = 1, AN500_UART_RX_ON = 2, AN500_UART_TX_IRQ = 4, AN500_UART_RX_IRQ = 8 }; /* control */
enum { AN500_UART_TX_DONE = 1, AN500_UART_RX_DONE = 2 };                                           /* interrupts */
#define AN500_UART0 ((an500_uart *)0x40004000u)
#define AN500_UART1 ((an500_uart *)0x40005000u)

/* Counts down at the clock; with `reload` 0 it stops at 0. */
typedef struct {
  volatile uint32_t control, value, reload, interrupt;
} an500_timer;
enum { AN500_TIMER_ON = 1, AN500_TIMER_IRQ = 8 };
#define AN500_TIMER0 ((an500_timer *)0x40000000u)
#define AN500_TIMER1 ((an500_timer *)0x40001000u)

/* The dual timer; both share an interrupt. */
typedef struct {
  volatile uint32_t load, value, control, interrupt_clear, raw, masked, background_load;
} an500_dual;
enum { AN500_DUAL_ONE_SHOT = 1, AN500_DUAL_32_BITS = 2, AN500_DUAL_IRQ = 0x20, AN500_DUAL_ON = 0x80 };
#define AN500_DUAL  ((an500_dual *)0x40002000u)
#define AN500_DUAL2 ((an500_dual *)0x40002020u)

/* Watchdog: a non-maskable interrupt at the first expiry, a reset at the second. */
typedef struct {
  volatile uint32_t load, value, control, interrupt_clear, raw, masked, unused[762], lock;
} an500_watchdog;
enum { AN500_WATCHDOG_ON = 1, AN500_WATCHDOG_RESET = 2, AN500_WATCHDOG_KEY = 0x1acce551 };
#define AN500_WATCHDOG ((an500_watchdog *)0x40008000u)

/* LEDs and free-running counters. */
typedef struct {
  volatile uint32_t led, unused0, button, unused1, clock_1hz, clock_100hz, counter, prescale, prescale_counter;
} an500_fpgaio;
#define AN500_FPGAIO ((an500_fpgaio *)0x40028000u)

/* I2C by hand: two open-drain lines, whose levels are read back. */
typedef struct {
  volatile uint32_t set, clear;
} an500_sbcon;
enum { AN500_SCL = 1, AN500_SDA = 2, AN500_SDA_LEVEL = 2 };
#define AN500_I2C ((an500_sbcon *)0x4002a000u) /* of the second shield */

/* 16 MB that the emulator keeps in a file (-M memory-backend): the flash of this port. */
#define AN500_FLASH ((uint8_t *)0x60000000u)

/* In images with a bench, chip_uart_receive() of uart.c by another name: feed.c has the one that is called. */
int an500_uart_receive(int port);

/* Handlers, for the table in vectors.c. */
void an500_timer0_interrupt(void);
void an500_timer1_interrupt(void);
void an500_dual_interrupt(void);
void an500_uart0_interrupt(void);
void an500_uart1_interrupt(void);

#endif
