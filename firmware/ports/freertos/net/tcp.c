/* The TCP connection to the broker (tars_net.h) over lwIP's callbacks. All of it runs in the agent's task. */
#include "../chip.h"
#include "../port.h" /* watchdog */
#include "netif.h"
#include "tars_errors.h" /* codes */
#include "tars_net.h"    /* the interface implemented here */
#include "tars_os.h"     /* time */

#include <lwip/dns.h>
#include <lwip/pbuf.h>
#include <lwip/tcp.h>

#include <string.h>

enum {
  STEP_US = 10000000, /* for an address of our own, and for connecting */
  HOST = DNS_MAX_NAME_LENGTH,
};

typedef enum { STEP_ADDRESS, STEP_NAME, STEP_CONNECT } tcp_step;

static struct {
  int state;     /* tars_net_state or a negative error */
  int seen;      /* the state that the agent was told last */
  tcp_step step; /* while opening */
  int64_t deadline_us;
  uintptr_t number; /* of the connection: answers for earlier ones are thrown away */
  char host[HOST];
  uint16_t port;
  struct tcp_pcb *pcb;
  struct pbuf *received;
  uint16_t offset;              /* bytes of its first buffer that were read */
  bool ended;                   /* the broker sends no more */
  bool want_receive, want_send; /* the last call would have blocked */
  bool retry; /* there may be room now: some was acknowledged since the last send, or half a second has passed */
} net;

/* lwIP forgets us, and the connection ends in the background; what is unsent still leaves. */
static void let_go(void) {
  struct tcp_pcb *pcb = net.pcb;
  net.pcb = NULL;
  net.number++;
  if (net.received && pcb)
    tcp_recved(pcb,
               (u16_t)(net.received->tot_len - net.offset)); /* else lwIP would reset it, and what is unsent be lost */
  if (net.received) pbuf_free(net.received);
  net.received = NULL;
  net.offset = 0;
  if (!pcb) return;
  tcp_arg(pcb, NULL);
  tcp_recv(pcb, NULL);
  tcp_sent(pcb, NULL);
  tcp_poll(pcb, NULL, 0);
  tcp_err(pcb, NULL);
  if (tcp_close(pcb) != ERR_OK) tcp_abort(pcb);
}

/* Ends with an error. */
static int fail(int err) {
  let_go();
  return net.state = err;
}

/* lwIP calls this when the connection is open. */
static err_t on_connected(void *unused, struct tcp_pcb *pcb, err_t err) {
  (void)unused, (void)err;
  tcp_nagle_disable(pcb);
  net.state = TARS_NET_OPEN;
  return ERR_OK;
}

/* lwIP: bytes, or the end. The window opens again when they are read. */
static err_t on_received(void *unused, struct tcp_pcb *pcb, struct pbuf *bytes, err_t err) {
  (void)unused, (void)pcb, (void)err;
  if (!bytes)
    net.ended = true;
  else if (net.received)
    pbuf_cat(net.received, bytes);
  else
    net.received = bytes;
  return ERR_OK;
}

/* lwIP: twice a second. Buffers may have become free that an earlier connection had. */
static err_t on_poll(void *unused, struct tcp_pcb *pcb) {
  (void)unused, (void)pcb;
  net.retry = true;
  return ERR_OK;
}

/* lwIP calls this when the peer has acknowledged some bytes. */
static err_t on_sent(void *unused, struct tcp_pcb *pcb, u16_t size) {
  (void)size;
  return on_poll(unused, pcb);
}

/* lwIP: refused, reset or given up; the connection's memory is gone already. */
static void on_error(void *unused, err_t err) {
  (void)unused;
  net.pcb = NULL;
  fail(err == ERR_ABRT ? -TARS_E_TIMEOUT : -TARS_E_IO);
}

/* Begins to connect. */
static void dial(const ip_addr_t *address) {
  net.pcb = tcp_new();
  net.step = STEP_CONNECT;
  net.deadline_us = tars_os_now_us() + STEP_US;
  if (!net.pcb) {
    fail(-TARS_E_IO);
    return;
  }
  tcp_recv(net.pcb, on_received);
  tcp_sent(net.pcb, on_sent);
  tcp_poll(net.pcb, on_poll, 1);
  tcp_err(net.pcb, on_error);
  if (tcp_connect(net.pcb, address, net.port, on_connected) != ERR_OK) fail(-TARS_E_IO);
}

/* lwIP calls this with the address of a name, or NULL if there is none. */
static void on_found(const char *name, const ip_addr_t *address, void *number) {
  (void)name;
  if ((uintptr_t)number != net.number || net.state != TARS_NET_OPENING) return;
  if (address)
    dial(address);
  else
    fail(-TARS_E_UNKNOWN);
}

/* We have an address: asks for the broker's. lwIP gives up by itself. */
static void look_up(void) {
  ip_addr_t address = IPADDR4_INIT(tars_netif_gateway());
  net.step = STEP_NAME;
  net.deadline_us = INT64_MAX;
  if (chip_ethernet_is_gateway(net.host)) {
    dial(&address);
    return;
  }
  err_t err = dns_gethostbyname(net.host, &address, on_found, (void *)net.number);
  if (err == ERR_OK)
    dial(&address);
  else if (err != ERR_INPROGRESS)
    fail(-TARS_E_UNKNOWN);
}

/* Serves lwIP, then takes the next step of opening if its time has come. */
static void go_on(void) {
  tars_netif_serve();
  if (net.state != TARS_NET_OPENING) return;
  if (net.step == STEP_ADDRESS && tars_netif_ready())
    look_up();
  else if (tars_os_now_us() >= net.deadline_us)
    fail(net.step == STEP_ADDRESS ? -TARS_E_IO : -TARS_E_TIMEOUT);
}

/* The board may have no address yet. */
int tars_net_open(const char *host, uint16_t port) {
  tars_net_close();
  if (!tars_netif_start()) return -TARS_E_IO;
  if (strlen(host) >= sizeof net.host) return -TARS_E_UNKNOWN;
  strcpy(net.host, host);
  net.port = port;
  net.step = STEP_ADDRESS;
  net.deadline_us = tars_os_now_us() + STEP_US;
  net.state = net.seen = TARS_NET_OPENING;
  return 0;
}

int tars_net_state_get(void) {
  go_on();
  return net.seen = net.state;
}

/* Copies as much as fits. */
int32_t tars_net_send(const void *bytes, uint32_t size) {
  go_on();
  if (net.state != TARS_NET_OPEN) return net.state < 0 ? net.state : -TARS_E_IO;
  uint32_t room = tcp_sndbuf(net.pcb), part = size < room ? size : room;
  if (part && tcp_write(net.pcb, bytes, (u16_t)part, TCP_WRITE_FLAG_COPY) != ERR_OK)
    part = 0; /* out of buffers until the broker acknowledges some */
  tcp_output(net.pcb);
  net.want_send = part < size;
  net.retry = false;
  return (int32_t)part;
}

/* Takes bytes out of the chain of received buffers. */
static uint32_t take(uint8_t *bytes, uint32_t capacity) {
  uint32_t count = 0;
  while (net.received && count < capacity) {
    struct pbuf *first = net.received;
    uint32_t left = first->len - net.offset, part = left < capacity - count ? left : capacity - count;
    memcpy(bytes + count, (uint8_t *)first->payload + net.offset, part);
    count += part;
    net.offset = (uint16_t)(net.offset + part);
    if (net.offset < first->len) break;
    net.offset = 0;
    net.received = first->next;
    if (net.received) pbuf_ref(net.received);
    pbuf_free(first);
  }
  return count;
}

/* What came before the end is delivered before the error. */
int32_t tars_net_receive(void *bytes, uint32_t capacity) {
  go_on();
  if (net.state != TARS_NET_OPEN) return net.state < 0 ? net.state : -TARS_E_IO;
  uint32_t count = take(bytes, capacity);
  if (count)
    tcp_recved(net.pcb, (u16_t)count);
  else if (net.ended)
    return fail(-TARS_E_IO);
  net.want_receive = count == 0;
  return (int32_t)count;
}

void tars_net_close(void) {
  let_go();
  net.state = net.seen = TARS_NET_CLOSED;
  net.ended = net.want_receive = net.want_send = false;
}

/* True if something has happened that the agent waits for. */
static bool is_due(void) {
  if (net.state != net.seen) return true;
  if (net.state != TARS_NET_OPEN) return false;
  return (net.want_receive && (net.received || net.ended)) || (net.want_send && net.retry);
}

/* lwIP is served meanwhile. A board that never had a broker leaves its network alone. Whoever doesn't want to sleep has
 * gone round its loop all the same. */
void tars_net_wait(int64_t until_us) {
  tars_watchdog_alive(TARS_ALIVE_AGENT);
  do go_on();
  while (!is_due() && tars_os_now_us() < until_us && !tars_netif_sleep(until_us));
}

void tars_net_notify(void) { tars_netif_wake(); }
