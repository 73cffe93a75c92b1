/* Inside the FreeRTOS port: what its files and those of chips share. Nothing above the port includes this. chip.h has
 * what a chip provides. */
#ifndef TARS_PORT_H
#define TARS_PORT_H

#include "tars_agent.h" /* its configuration */
#include "tars_clock.h" /* virtual clock */
#include "tars_os.h"    /* the interface that the port implements */

#include <FreeRTOS.h>
#include <task.h>

#include <stdbool.h>
#include <stdint.h>

/* Priorities of tasks. The network comes before the worker in its share of the time only (net/agent.c): NET_FIRST, and
 * NET in the rest. The bench stands for the world outside, so it comes before what runs on the board. */
enum {
  TARS_TASK_NET = 1,
  TARS_TASK_WORKER,
  TARS_TASK_NET_FIRST,
  TARS_TASK_SUPERVISOR,
  TARS_TASK_LINK,
  TARS_TASK_BENCH,
  TARS_TASK_GUARD
};

/* A task with its memory. */
typedef struct {
  StaticTask_t control;
  TaskHandle_t handle;
} tars_task;
/* Creates a task on memory of the caller: `stack` has `bytes` bytes, aligned to 8. */
void tars_task_start(tars_task *task, TaskFunction_t body, const char *name, int priority, void *stack, uint32_t bytes);

/* ---- lock and sleep (os_wait.c) ---- */

void tars_wait_init(void);
/* Who sleeps in tars_os_worker_wait() and tars_os_supervisor_wait(). */
void tars_wait_tasks(TaskHandle_t worker, TaskHandle_t supervisor);
TaskHandle_t tars_wait_supervisor(void);
void tars_wait_clock_moved(void);
void tars_alarm_interrupt(void);

/* ---- clock (os_clock.c) ---- */

/* `on_bench`: the virtual clock. */
void tars_clock_init(bool on_bench);

/* ---- the reaction's clock (os_reaction.c) ---- */

/* Between hold and release the calling worker is not abandoned; nests. Does nothing in other tasks. */
void tars_hold(void);
void tars_release(void);
/* Starts the worker and the guard that abandons it. */
void tars_reaction_start(void);
TaskHandle_t tars_reaction_worker(void);
/* True while a reaction whose time is over holds something, so that it can't be abandoned. */
bool tars_reaction_is_late(void);
void tars_reaction_interrupt(void);

/* ---- serial ports (uart.c) ---- */

typedef struct tars_uart tars_uart;
extern tars_uart tars_uart_link;
/* Starts a port; `task` is notified when bytes came or room for more to send. */
void tars_uart_start(tars_uart *uart, TaskHandle_t task);
/* Takes what has come, at most `capacity` bytes. */
uint32_t tars_uart_take(tars_uart *uart, uint8_t *bytes, uint32_t capacity);
/* Sends bytes; sleeps while there is no room for them. */
void tars_uart_send(tars_uart *uart, const uint8_t *bytes, uint32_t size);
/* Sleeps until all bytes have been sent. */
void tars_uart_drain(tars_uart *uart);
/* Interrupts of the link's port and of the bench's; an image without a bench has none. */
void tars_uart_interrupt_link(void);
void tars_uart_interrupt_bench(void);

/* ---- tasks ---- */

/* Link task (link.c): one session over the link's serial port. */
void tars_link_start(void);
void tars_link_wake(void);
/* Bench task (bench.c): the bench's channel over a serial port of its own. An image without a bench has
 * bench_absent.c. */
void tars_bench_start(void);

/* The broker (net/agent.c): what the agent wants of it, then its task. A board without a network has net_absent.c. */
void tars_net_init(tars_agent_config *config);
void tars_net_start(void);
/* True while replies to an operator are on their way. */
bool tars_net_replying(void);
/* The interrupt of the Ethernet controller (net/netif.c). */
void tars_ethernet_interrupt(void);

/* ---- watchdog (watchdog.c): fed only while all of them live ---- */

enum { TARS_PANIC_WATCHDOG = 21 }; /* number of the panic that the chip's watchdog ends in */
enum { TARS_ALIVE_SUPERVISOR = 1, TARS_ALIVE_LINK = 2, TARS_ALIVE_AGENT = 4 };
void tars_watchdog_start(void);
/* To be called before the watchdog starts: the task `who` must report to it too. */
void tars_watchdog_expect(int who);
void tars_watchdog_alive(int who);
/* True if this one has gone round since the watchdog was fed last. */
bool tars_watchdog_saw(int who);

#endif
