/* The link task: one session over a serial port. It can't see whether a host listens, so the session lasts until the
 * next `hello`. */
#include "port.h"
#include "tars_agent.h" /* session */

#ifndef TARS_LINK_STACK
#define TARS_LINK_STACK 6144
#endif
enum { BOOT_LOOK_MS = 5, ALIVE_MS = 500 };
/* What the link takes in a tick of the kernel, in bytes: a line of 1.5 Mbaud brings 150. A request counts as many as
 * REQUEST. */
enum { PORTION = 256, REQUEST = 64 };

static tars_task link_task;
static _Alignas(8) uint8_t link_stack[TARS_LINK_STACK];

/* Any task may call this: the link has something to send. */
void tars_link_wake(void) {
  tars_hold();
  if (link_task.handle) xTaskNotifyGive(link_task.handle);
  tars_release();
}

/* Bytes that were received and not taken yet. */
typedef struct {
  uint32_t at, size;
  TickType_t tick; /* of `taken` */
  uint32_t taken;  /* in this tick */
} link_input;

/* One request in, one item out, so that a host which reads slowly keeps neither requests nor the watchdog waiting. True
 * if there may be more to do at once. */
static bool serve(tars_session *session, link_input *input) {
  static uint8_t in[64], out[TARS_CHANNEL_WIRE];
  if (input->at == input->size) {
    input->at = 0;
    input->size = tars_uart_take(&tars_uart_link, in, sizeof in);
  }
  uint32_t given = input->size - input->at, taken = tars_session_feed(session, in + input->at, given);
  input->at += taken;
  input->taken += taken + (taken < given ? REQUEST : 0);
  tars_agent_poll();
  uint32_t size = tars_session_take(session, out);
  tars_uart_send(&tars_uart_link, out, size);
  return taken > 0 || size > 0;
}

/* Sleeps until there is something to do. A host that never pauses is served for PORTION bytes of each tick, so that
 * those who come after the link run, too. */
static void rest(link_input *input, bool more, bool waits) {
  if (input->tick != xTaskGetTickCount()) {
    input->tick = xTaskGetTickCount();
    input->taken = 0;
  }
  if (!more)
    ulTaskNotifyTake(pdTRUE, waits ? 1 : ALIVE_MS);
  else if (input->taken >= PORTION)
    vTaskDelay(1);
}

/* Body of the task: nobody is to see a board that has no app yet. */
static void run(void *unused) {
  (void)unused;
  link_input input = { 0 };
  tars_session *session = tars_session_open();
  while (!tars_agent_booted()) {
    tars_watchdog_alive(TARS_ALIVE_LINK);
    vTaskDelay(BOOT_LOOK_MS);
  }
  for (;;) {
    tars_watchdog_alive(TARS_ALIVE_LINK);
    bool more = serve(session, &input);
    if (tars_agent_reset_wanted() && !tars_net_replying()) {
      tars_uart_drain(&tars_uart_link);
      tars_os_reset();
    }
    rest(&input, more, tars_session_waits(session));
  }
}

/* Starts the task and its port. */
void tars_link_start(void) {
  tars_task_start(&link_task, run, "link", TARS_TASK_LINK, link_stack, sizeof link_stack);
  tars_uart_start(&tars_uart_link, link_task.handle);
}
