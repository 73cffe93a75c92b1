/* Between lwIP and the controller; see netif.h. lwIP has no task of its own: it lives in the agent's, which serves it
 * whenever it looks at its connection or sleeps. */
#include "netif.h"

#include "../chip.h"
#include "../port.h"

#include <lwip/dhcp.h>
#include <lwip/dns.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <lwip/priv/tcp_priv.h> /* tcp_tmr */
#include <netif/ethernet.h>

static void watch_link(void);

/* Functions of lwIP that must be called periodically. */
static const struct {
  uint16_t period_ms;
  void (*run)(void);
} timers[] = {
  { TCP_TMR_INTERVAL, tcp_tmr },
  { ARP_TMR_INTERVAL, etharp_tmr },
  { DHCP_FINE_TIMER_MSECS, dhcp_fine_tmr },
  { DHCP_COARSE_TIMER_MSECS, dhcp_coarse_tmr },
  { DNS_TMR_INTERVAL, dns_tmr },
  { 1000, watch_link },
};
enum { TIMERS = sizeof timers / sizeof *timers };

/* Frames that are read in a millisecond: 11 MB/s of TCP. More wait in the controller, with its interrupt off; what that
 * has no room for, it drops. */
enum { FRAMES_MS = 8 };

static struct {
  bool tried, there;
  struct netif interface;
  TaskHandle_t task;
  volatile bool woken;
  uint32_t now_ms, frames; /* the millisecond that it is, and the frames that were read in it */
  uint32_t ran_ms[TIMERS];
} net;

/* lwIP's clock, which wraps: the kernel's, because time on the network isn't the bench's to stop. */
uint32_t sys_now(void);
uint32_t sys_now(void) { return xTaskGetTickCount() * portTICK_PERIOD_MS; }

uint32_t tars_lwip_random(void) {
  uint32_t word = 0;
  tars_os_random((uint8_t *)&word, sizeof word);
  return word;
}

/* lwIP asks for its TCP timer with this; here it always runs. */
void tcp_timer_needed(void) {}

_Noreturn void tars_lwip_assert(void) {
  tars_os_panic(30, "an invariant of lwIP does not hold");
  for (;;) {
  }
}

/* A frame has come; the network's task reads it. */
void tars_ethernet_interrupt(void) {
  BaseType_t woken = pdFALSE;
  chip_ethernet_silence();
  vTaskNotifyGiveFromISR(net.task, &woken);
  portYIELD_FROM_ISR(woken);
}

/* One frame from lwIP: always in one piece (lwipopts.h). */
static err_t output(struct netif *interface, struct pbuf *frame) {
  (void)interface;
  if (frame->next || frame->len > CHIP_ETHERNET_FRAME) return ERR_BUF;
  return chip_ethernet_send(frame->payload, frame->len) ? ERR_OK : ERR_MEM;
}

/* One frame for lwIP: a pool buffer holds the longest one with its checksum. */
static void input(uint32_t size) {
  struct pbuf *frame = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);
  if (!frame || frame->next) {
    chip_ethernet_skip(size);
    if (frame) pbuf_free(frame);
    return;
  }
  chip_ethernet_read(frame->payload, size);
  if (net.interface.input(frame, &net.interface) != ERR_OK) pbuf_free(frame);
}
_Static_assert(PBUF_POOL_BUFSIZE >= 4 * CHIP_ETHERNET_WORDS(CHIP_ETHERNET_FRAME),
               "a frame with its checksum fits one buffer");

/* What lwIP asks of a new interface. */
static err_t configure(struct netif *interface) {
  interface->name[0] = 'e';
  interface->name[1] = 'n';
  interface->output = etharp_output;
  interface->linkoutput = output;
  interface->mtu = 1500;
  interface->hwaddr_len = 6;
  interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
  if (chip_ethernet_address_get(interface->hwaddr)) return ERR_OK;
  tars_os_random(interface->hwaddr, 6);
  interface->hwaddr[0] = (uint8_t)((interface->hwaddr[0] & 0xfe) | 2); /* locally administered, one station */
  chip_ethernet_address_set(interface->hwaddr);
  return ERR_OK;
}

/* lwIP asks for an address anew when the cable comes back. */
static void watch_link(void) {
  bool up = chip_ethernet_link();
  if (up && !netif_is_link_up(&net.interface))
    netif_set_link_up(&net.interface);
  else if (!up && netif_is_link_up(&net.interface))
    netif_set_link_down(&net.interface);
}

bool tars_netif_start(void) {
  if (net.tried) return net.there;
  net.tried = true;
  net.task = xTaskGetCurrentTaskHandle();
  net.there = chip_ethernet_start();
  if (!net.there) return false;
  lwip_init();
  netif_add_noaddr(&net.interface, NULL, configure, ethernet_input);
  netif_set_hostname(&net.interface, chip_device());
  netif_set_default(&net.interface);
  netif_set_up(&net.interface);
  dhcp_start(&net.interface);
  chip_ethernet_enable();
  return true;
}

/* Milliseconds until a timer is due; a network that wasn't started has none that run, and its periods bound a sleep for
 * the watchdog. */
static uint32_t timer_left_ms(int i) {
  uint32_t since_ms = net.there ? sys_now() - net.ran_ms[i] : 0;
  return since_ms < timers[i].period_ms ? timers[i].period_ms - since_ms : 0;
}

/* True if another frame may be read now. */
static bool frame_allowed(void) {
  if (net.now_ms != sys_now()) {
    net.now_ms = sys_now();
    net.frames = 0;
  }
  return net.frames < FRAMES_MS;
}

/* Frames before timers: an acknowledgement that is here saves sending again. */
void tars_netif_serve(void) {
  if (!net.there) return;
  for (uint32_t size; frame_allowed() && (size = chip_ethernet_next()) > 0; net.frames++) input(size);
  for (int i = 0; i < TIMERS; i++) {
    if (timer_left_ms(i)) continue;
    net.ran_ms[i] = sys_now();
    timers[i].run();
  }
}

bool tars_netif_ready(void) {
  return net.there && netif_is_link_up(&net.interface) && dhcp_supplied_address(&net.interface);
}

uint32_t tars_netif_gateway(void) { return ip4_addr_get_u32(netif_ip4_gw(&net.interface)); }

/* Milliseconds that the task may sleep, at least one: shorter sleeps can't be. */
static uint32_t sleep_ms(int64_t until_us) {
  int64_t least_ms = (until_us - tars_os_now_us() + 999) / 1000;
  for (int i = 0; i < TIMERS; i++)
    if (timer_left_ms(i) < least_ms) least_ms = timer_left_ms(i);
  return least_ms < 1 ? 1 : (uint32_t)least_ms;
}

/* Everything bounds a sleep: the agent, lwIP, the cable, and the watchdog. */
bool tars_netif_sleep(int64_t until_us) {
  if (!net.task) net.task = xTaskGetCurrentTaskHandle();
  tars_watchdog_alive(TARS_ALIVE_AGENT);
  bool allowed = net.there && frame_allowed();
  if (allowed && chip_ethernet_listen()) {
    net.frames++; /* a frame that was damaged counts, too */
    return false;
  }
  bool spent = net.there && !allowed;
  if (!net.woken && until_us > tars_os_now_us())
    ulTaskNotifyTake(pdTRUE, spent ? 1 : pdMS_TO_TICKS(sleep_ms(until_us)));
  bool woken = net.woken;
  net.woken = false;
  return woken;
}

/* A worker may be abandoned at any time, but not inside the kernel. */
void tars_netif_wake(void) {
  tars_hold();
  net.woken = true;
  if (net.task) xTaskNotifyGive(net.task);
  tars_release();
}
