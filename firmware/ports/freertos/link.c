/* The link task: one session over a serial port. It can't see whether a host listens, so the session lasts until the
 * next `hello`. */
#include "port.h"
#include "tars_agent.h" /* session */

#ifndef TARS_LINK_STACK
#define TARS_LINK_STACK 6144
#endif
enum { BOOT_LOOK_MS = 5, ALIVE_MS = 500 };

static tars_task link_task;
static _Alignas(8) uint8_t link_stack[TARS_LINK_STACK];

/* Any task may call this: the link has something to send. */
void tars_link_wake(void) {
  tars_hold();
  if (link_task.handle) xTaskNotifyGive(link_task.handle);
  tars_release();
}

/* Bytes in, one item out, so that a host which reads slowly keeps neither requests nor the watchdog waiting; true if
 * there was anything. */
static bool serve(tars_session *session) {
  static uint8_t in[64], out[TARS_CHANNEL_WIRE];
  uint32_t size = tars_uart_take(&tars_uart_link, in, sizeof in);
  bool any = size > 0;
  tars_session_feed(session, in, size);
  tars_agent_poll();
  size = tars_session_take(session, out);
  tars_uart_send(&tars_uart_link, out, size);
  return any || size > 0;
}

/* Body of the task: nobody is to see a board that has no app yet. */
static void run(void *unused) {
  (void)unused;
  tars_session *session = tars_session_open();
  while (!tars_agent_booted()) {
    tars_watchdog_alive(TARS_ALIVE_LINK);
    vTaskDelay(BOOT_LOOK_MS);
  }
  for (;;) {
    tars_watchdog_alive(TARS_ALIVE_LINK);
    bool any = serve(session);
    if (tars_agent_reset_wanted() && !tars_net_replying()) {
      tars_uart_drain(&tars_uart_link);
      tars_os_reset();
    }
    if (!any) ulTaskNotifyTake(pdTRUE, ALIVE_MS);
  }
}

/* Starts the task and its port. */
void tars_link_start(void) {
  tars_task_start(&link_task, run, "link", TARS_TASK_LINK, link_stack, sizeof link_stack);
  tars_uart_start(&tars_uart_link, link_task.handle);
}
