/* Step 8: the link, a stream of bytes each way into a session of the agent. */
#include "port.h"
#include "tars_agent.h"
#include "tars_fleet_agent.h" /* replies over the broker */
#include "tars_os.h"

/* Wherever the bytes come from; returns how many, 0 if none wait. No byte is lost at the port's speed: an interrupt or
 * DMA into a ring does it. Opening the port on the host must not reset the board. */
static uint32_t receive(uint8_t *bytes, uint32_t capacity) {
  (void)bytes, (void)capacity;
  return 0;
}

/* Sends all of it; sleeps while there is no room, and shows the watchdog meanwhile that the link lives: a host may have
 * the port open and not read. */
static void transmit(const uint8_t *bytes, uint32_t size) { (void)bytes, (void)size; }

/* Sleeps until bytes come, tars_link_wake() is called, or half a second is over, for the watchdog; a millisecond if a
 * request waits. A host that never pauses must not keep the worker from running: whoever has taken some bytes or
 * requests sleeps for a while too (freertos/link.c). */
static void rest(bool waits) {
  (void)waits;
  STOP("the link's sleep");
}

/* Any task may call this: the link has something to send. */
void tars_link_wake(void) {}

/* One round: one request in, one item out, so that a slow line keeps neither requests nor the watchdog waiting; true if
 * there was anything. */
static bool serve(tars_session *session) {
  static uint8_t in[256], out[TARS_CHANNEL_WIRE];
  static uint32_t at, given;
  if (at == given) {
    at = 0;
    given = receive(in, sizeof in);
  }
  uint32_t taken = tars_session_feed(session, in + at, given - at);
  at += taken;
  tars_agent_poll();
  uint32_t size = tars_session_take(session, out);
  transmit(out, size);
  return taken > 0 || size > 0;
}

/* The link's task: nobody is to see a board whose app doesn't run yet. */
void tars_link_start(void) {
  tars_session *session = tars_session_open();
  for (;;) {
    tars_watchdog_alive(TARS_ALIVE_LINK);
    bool any = tars_agent_booted() && serve(session);
    if (tars_agent_reset_wanted() && !tars_fleet_replying()) tars_os_reset(); /* after what is left has been sent */
    if (!any) rest(tars_session_waits(session));
  }
}
