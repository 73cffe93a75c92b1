/* The bench: its requests (bench_commands.c), the channel that carries them (bench_channel.c), and what the port under
 * them provides. */
#ifndef TARS_BENCH_PORT_H
#define TARS_BENCH_PORT_H

#include "tars_bench.h"   /* structs of the messages */
#include "tars_channel.h" /* framing */

/* ---- bench_commands.c ---- */

int tars_bench_run(tars_channel *channel, const tars_message *message, const void *body, void *response);

/* ---- bench_channel.c ---- */

/* Starts the channel anew, with the port's ring for changes that wait. */
void tars_bench_open(uint8_t *ring, uint32_t size);
/* Bytes from the client; requests are run. */
void tars_bench_feed(const uint8_t *bytes, uint32_t size);
/* The next item for the client, whole; 0 if there is nothing. */
uint32_t tars_bench_take(uint8_t wire[TARS_CHANNEL_WIRE]);
/* Bytes of changes that wait. */
uint32_t tars_bench_waiting(void);
/* Starts or stops the stream of changes. */
void tars_bench_watch(bool on);
/* Queue a change for the client. */
void tars_bench_edge(uint16_t resource, bool level);
void tars_bench_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct);
/* The client wants a power cycle: the port does it once the response has left. */
void tars_bench_power_want(void);
bool tars_bench_power_wanted(void);

/* ---- what the port provides ---- */

/* The lock of the ring; the worker isn't abandoned while it holds it. */
void tars_bench_lock(void);
void tars_bench_unlock(void);
/* The first change waits: the bench's task should take it. */
void tars_bench_wake(void);
/* During a long `advance`: sends what waits before it would be dropped. */
void tars_bench_relieve(void);
/* Feeds the line of the link; 0, or -state on a port whose link is none, -range for a rate that it can't have. */
int tars_bench_line_feed(uint32_t rate, tars_bytes data, tars_bench_line_feed_response *seen);
/* Writes the trace to where it is read; nothing on a port without one. */
void tars_trace_flush(void);

#endif
