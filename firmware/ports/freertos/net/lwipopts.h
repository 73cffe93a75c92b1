/* What is built of lwIP. It runs without an operating system, inside the agent's task alone: no task, mailbox or lock
 * of its own, nothing allocated but from the static pools below. lwIP fixes the names. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS                   1
#define SYS_LIGHTWEIGHT_PROT     0
#define LWIP_SOCKET              0
#define LWIP_NETCONN             0
#define LWIP_RAW                 0
#define LWIP_IPV6                0
#define IP_REASSEMBLY            0 /* TCP never needs it */
#define IP_FRAG                  0
#define LWIP_DHCP                1
#define LWIP_DHCP_DOES_ACD_CHECK 0 /* the server knows what it gave away */
#define LWIP_DNS                 1
#define LWIP_NETIF_HOSTNAME      1
#define LWIP_SINGLE_NETIF        1
#define LWIP_STATS               0
#define LWIP_PERF                0
#define LWIP_TIMERS              0 /* netif.c calls what is due from lwIP's table */
#define LWIP_CHKSUM_ALGORITHM    1 /* the smallest; at worst two frames' bytes are added up here per frame */
#ifndef TARS_LWIP_CHECKED
#define LWIP_NOASSERT                                                                                                  \
  1 /* 1.3 KB; the probe of test/net has all of lwIP's asserts, what comes from outside is checked without them */
#endif

/* Memory: 8 frames on their way in, one stream on its way out. Pools (lwippools.h), so that nothing fragments. */
#define MEM_LIBC_MALLOC               0
#define MEMP_MEM_MALLOC               0
#define MEM_ALIGNMENT                 4
#define MEM_USE_POOLS                 1
#define MEMP_USE_CUSTOM_POOLS         1
#define MEM_USE_POOLS_TRY_BIGGER_POOL 1
#define PBUF_POOL_SIZE                8
#define PBUF_POOL_BUFSIZE             1536
#define MEMP_NUM_PBUF                 8
#define MEMP_NUM_UDP_PCB              2 /* DHCP, DNS */
#define MEMP_NUM_TCP_PCB              4 /* one in use, others closing */
#define MEMP_NUM_TCP_PCB_LISTEN       1
#define MEMP_NUM_TCP_SEG              16
#define DNS_TABLE_SIZE                2
#define DNS_MAX_NAME_LENGTH           129 /* limits.broker_host and a zero */
#define DNS_MAX_RETRIES               3

/* TCP: a frame is one buffer, with room for a whole one, so that what follows before it leaves is added to it; no
 * second frame waits in the controller while the first is answered, so small windows cost nothing here. */
#define LWIP_NETIF_TX_SINGLE_PBUF                                 1
#define TCP_OVERSIZE                                              TCP_MSS
#define TCP_MSS                                                   1460
#define TCP_WND                                                   (4 * TCP_MSS)
#define TCP_SND_BUF                                               (4 * TCP_MSS)
#define TCP_SND_QUEUELEN                                          12
#define TCP_QUEUE_OOSEQ                                           0
#define LWIP_TCP_TIMESTAMPS                                       0
#define LWIP_RANDOMIZE_INITIAL_LOCAL_PORTS                        1
#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port) tars_lwip_random()

#endif
