/* What a chip gives to the port to FreeRTOS. A folder in chips/ implements this header and the peripherals of
 * hal/include; the kernel part (the files of this folder and of net/) asks nothing else of a chip. Beside its sources
 * such a folder has chip_config.h, the constants that the kernel is built with, and chip.cmake, which names sources,
 * linker script and what of cortex_m/ and libc_*.c the chip takes. tars_os_random() is the chip's, too, and in images
 * with a bench so is tars_bench_line_feed().
 *
 * Handlers of interrupts are the chip's: each acknowledges its device, then calls the function of port.h that is named
 * here. All of them have a priority from which the kernel may be called. */
#ifndef TARS_CHIP_H
#define TARS_CHIP_H

#include "chip_config.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- the processor ---- */

/* No interrupt comes any more, until a reset. */
void chip_interrupts_off(void);
/* In a panic: true if a task has failed, false if it was the handler of a device's interrupt. */
bool chip_in_task(void);
/* Restarts the chip. RAM and flash keep what they hold. */
_Noreturn void chip_reset(void);
/* The kernel's idle task: sleeps until an interrupt. */
void chip_idle(void);
/* The board has failed and stops: what it shows and drives itself goes off. */
void chip_outputs_off(void);

/* ---- the board: what was put into its flash when it was made ---- */

/* Name of this device; a fixed one if nobody gave it any. */
const char *chip_device(void);
/* True if it is to run on the virtual clock, which only a bench moves. */
bool chip_wants_virtual_clock(void);
/* Once, before the first random byte: no start repeats the bytes of another. */
void chip_random_start(void);

/* ---- clock: a counter of microseconds with 32 bits, from 0, that wraps ---- */

void chip_clock_start(void);
uint32_t chip_clock_us(void);

/* ---- alarm: a timer that calls tars_alarm_interrupt() once ---- */

void chip_alarm_start(void);
/* Sets it, in the place of what was set before; at once if `left_us` is 0 or less. A time that the timer has no bits
 * for may come earlier: the port then sets it again. Interrupts are masked. */
void chip_alarm_set(int64_t left_us);

/* ---- the reaction's clock: a timer that can stand still, and calls tars_reaction_interrupt() at its end ---- */

void chip_reaction_enable(void);
/* Starts it; an end of the time before that nobody has served is withdrawn. Interrupts are masked. */
void chip_reaction_start(uint32_t budget_us);
void chip_reaction_pause(void);
/* Lets the timer of the reaction go on, unless it has expired. */
void chip_reaction_resume(void);
/* Microseconds that the timer has run since it was started. */
uint32_t chip_reaction_spent_us(void);

/* ---- watchdog ---- */

/* From now on the chip is reset unless it is fed at least every `seconds`; twice that, if the first expiry says why. */
void chip_watchdog_start(uint32_t seconds);
void chip_watchdog_feed(void);

/* ---- serial ports ---- */

/* The link has one. A bench has another, if the image simulates peripherals. */
enum { CHIP_UART_LINK, CHIP_UART_BENCH };
/* Starts a port with its interrupts, which call tars_uart_interrupt_link() or tars_uart_interrupt_bench(). */
void chip_uart_start(int port);
/* A byte that has come, or -1. */
int chip_uart_receive(int port);
/* False if the port has no room for a byte now. */
bool chip_uart_send(int port, uint8_t byte);
/* True while a byte that was sent hasn't left. */
bool chip_uart_sending(int port);
/* Writes to the link's port, without interrupts and whether it was started or not: what a panic says. */
void chip_print(const char *text);

/* ---- lamps and native blocks ---- */

/* The first CHIP_LAMPS resources of the board are outputs with a lamp. Under the simulation's lock. */
void chip_lamp_set(uint16_t resource, bool lit);
/* Starts the control loops of this chip, if it has any: interrupts above all that the kernel masks. */
void chip_blocks_start(void);

/* ---- Ethernet, if chip.cmake names a driver: frames without their checksum ---- */

/* Bytes of the longest frame, and the room that chip_ethernet_read() needs for one of `size` bytes. */
#define CHIP_ETHERNET_FRAME       1514
#define CHIP_ETHERNET_WORDS(size) (((size) + 4 + 3) / 4)

/* Resets the controller and starts it. False if there is none, or it doesn't come up. */
bool chip_ethernet_start(void);
/* Lets its interrupt in, which calls tars_ethernet_interrupt(). */
void chip_ethernet_enable(void);
/* The address that the board's maker gave it; false if there is none. */
bool chip_ethernet_address_get(uint8_t address[6]);
void chip_ethernet_address_set(const uint8_t address[6]);
/* True if a cable is plugged in. */
bool chip_ethernet_link(void);
/* Bytes of the next frame that has come, 0 if there is none or it was damaged, and is dropped. It must be read or
 * skipped before the next call. */
uint32_t chip_ethernet_next(void);
/* Reads a frame of `size` bytes, in whole words: `words` has room for CHIP_ETHERNET_WORDS(size). */
void chip_ethernet_read(uint32_t *words, uint32_t size);
void chip_ethernet_skip(uint32_t size);
/* Sends a frame; false if there is no room now. */
bool chip_ethernet_send(const uint8_t *bytes, uint32_t size);
/* The next frame raises the interrupt again; true if one waits already. */
bool chip_ethernet_listen(void);
/* In the interrupt: silences it until chip_ethernet_listen(). */
void chip_ethernet_silence(void);
/* True for names that mean the machine behind the gateway: an emulator's network shows the host there. */
bool chip_ethernet_is_gateway(const char *name);

#endif
