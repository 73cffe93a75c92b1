/* Inside the bench: its requests and its server. */
#ifndef BENCH_H
#define BENCH_H

#include "tars_bench.h"   /* structs of the messages */
#include "tars_channel.h" /* framing */

/* bench_commands.c */
int tars_bench_run(tars_channel *channel, const tars_message *message, const void *body, void *response);

/* bench_server.c */
/* Starts or stops the stream of changes. */
void tars_bench_watch(bool on);
/* Sends what waits; called by the bench's own thread. */
void tars_bench_pump(void);
void tars_bench_relieve(void);
/* Cuts the power once the response has left. */
void tars_bench_power_wanted(void);

#endif
