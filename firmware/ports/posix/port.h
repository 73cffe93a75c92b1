/* Inside the posix port: what its files share. Nothing above the port includes this. */
#ifndef TARS_PORT_H
#define TARS_PORT_H

#include "tars_clock.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- command line (options.c) ---- */

typedef struct {
  const char *state;    /* directory of flash.bin, lock and name */
  const char *name;     /* device name, at most 32 bytes */
  const char *pty_link; /* path of the symlink to the pty, NULL: no pty */
  const char *trace;    /* trace file, NULL: off */
  int tcp_port;         /* -1: none, 0: any free one */
  int bench_port;
  uint32_t baud; /* 0: links are not paced */
  pid_t parent;  /* the board ends when this process does; 0: none */
  bool virtual_clock, ready, stdin_guard;
} tars_options;

/* Fills `options`; prints what is wrong and ends the process if they make no sense. */
void tars_options_parse(int argc, char **argv, tars_options *options);

/* ---- lock and sleep (os_wait.c) ---- */

/* Between hold and release the calling worker is not abandoned; nests. Does nothing on other threads. */
void tars_hold(void);
void tars_release(void);
/* Wakes every sleeper whose time has come on the virtual clock. */
void tars_wait_clock_moved(int64_t now_us);

/* ---- clocks (os_clock.c) ---- */

void tars_clock_init(bool is_virtual);
/* Virtual clock: a reaction was abandoned and has cost its budget. */
void tars_clock_spend(int64_t us);

/* ---- the reaction's clock (os_reaction.c) ---- */

/* Body of the worker's thread. */
void *tars_reaction_worker(void *unused);
/* The signal of the alarm; every thread but the worker blocks it. */
int tars_reaction_signal(void);
/* True in the worker's thread. */
bool tars_reaction_is_worker(void);

/* ---- evidence (evidence.c) ---- */

/* From now on a signal of the processor leaves evidence in DIR/evidence. */
void tars_evidence_open(const char *state);
/* The calling thread is the supervisor. */
void tars_evidence_supervisor(void);
/* The calling thread has failed. */
void tars_evidence_leave(void);

/* ---- power (power.c) ---- */

/* File descriptors that outlive a power cycle; -1 where there is none. All int: power.c walks them as an array. */
typedef struct {
  int lock, tcp, bench, bench_client, pty_master, pty_slave, world;
} tars_power_fds;
extern tars_power_fds tars_power;
/* Before anything else: what the process before the power cycle left behind. True if there was one. */
bool tars_power_inherit(char **argv);
/* RAM is lost, flash stays: the process replaces itself. */
_Noreturn void tars_power_cycle(void);

/* ---- files and channels ---- */

/* Opens or creates DIR/flash.bin; refuses a directory that another board uses. Ends the process on errors. */
void tars_state_open(const tars_options *options, char name[33]);
void tars_flash_open(const char *state);
/* Writes the world around the board to a file and reads it back, around a power cycle. */
void tars_sim_world_save(int fd);
void tars_sim_world_load(int fd);

void tars_trace_open(const char *path, bool append);
void tars_trace_flush(void);

/* Listens on the loopback; returns the socket, or ends the process with a clear message. */
int tars_net_listen(int port, const char *what);
int tars_net_port(int fd);
/* Accepts one client without delay and without blocking; -1 if there is none. */
int tars_net_accept(int fd);

/* Creates the pty and its symlink. */
void tars_pty_open(const char *link);
const char *tars_pty_path(void);
void tars_pty_unlink(const char *link);

/* Threads: each serves until the process ends. The link's channels are open before the board boots, so that its console
 * says how that went. */
void tars_link_server_open(const tars_options *options);
_Noreturn void tars_link_server_run(void);
void tars_link_server_wake(void);
void tars_bench_server_start(void);

/* Prints "tars-board: ..." and ends the process with exit code 1. */
_Noreturn void tars_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
