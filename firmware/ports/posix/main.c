/* The virtual board: one process, five threads. Worker and supervisor run the core, the main thread is the link task,
 * the broker's agent and the bench have one each. Linux shares processor time fairly among them, so the worker needs no
 * lower priority for the link to stay responsive while a guest spins. */
#include "port.h"
#include "tars_sim.h"
#include "tars.h"             /* tars_init, supervisor */
#include "tars_agent.h"       /* hooks, sessions */
#include "tars_board.h"       /* class */
#include "tars_errors.h"      /* name of an error */
#include "tars_fleet_agent.h" /* the broker */
#include "tars_hal.h"         /* flash counters */
#include "tars_os.h"          /* lock, time */

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static tars_options options;
static char device[33];

/* Blocks the signals that only one thread takes: the alarm (worker) and the requests to end (link). */
static void signals_block(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, tars_reaction_signal());
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  signal(SIGPIPE, SIG_IGN);
}

/* Body of the supervisor's thread. */
static void *supervisor_run(void *unused) {
  (void)unused;
  tars_evidence_supervisor();
  tars_supervisor_run();
  return NULL;
}

/* Body of the thread of the broker's agent. */
static void *fleet_run(void *unused) {
  (void)unused;
  tars_fleet_run();
  return NULL;
}

/* Starts a thread. */
static void thread_start(void *(*body)(void *), const char *name) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, body, NULL) != 0) tars_fail("cannot start the %s", name);
  pthread_setname_np(thread, name);
}

/* Opens the channels that the options ask for; after a power cycle they are open already. */
static void channels_open(void) {
  if (options.tcp_port >= 0 && tars_power.tcp < 0) tars_power.tcp = tars_net_listen(options.tcp_port, "link");
  if (options.bench_port >= 0 && tars_power.bench < 0) tars_power.bench = tars_net_listen(options.bench_port, "bench");
  if (options.pty_link) tars_pty_open(options.pty_link);
}

/* Prints a JSON string, or null. */
static void json_text(const char *key, const char *text) {
  printf("\"%s\":", key);
  if (!text) {
    printf("null,");
    return;
  }
  putchar('"');
  for (; *text; text++)
    if (*text == '"' || *text == '\\')
      printf("\\%c", *text);
    else if ((unsigned char)*text < 0x20)
      printf("\\u%04x", (unsigned)*text);
    else
      putchar(*text);
  printf("\",");
}

/* Prints a port, or null. */
static void json_port(const char *key, int fd) {
  if (fd < 0)
    printf("\"%s\":null,", key);
  else
    printf("\"%s\":%d,", key, tars_net_port(fd));
}

/* Prints one line of JSON for the program that has started the board. */
static void ready_print(void) {
  putchar('{');
  json_text("name", device);
  json_text("pty", options.pty_link);
  json_port("tcp", tars_power.tcp);
  json_port("bench", tars_power.bench);
  printf("\"pid\":%d}\n", (int)getpid());
  fflush(stdout);
}

/* Waits until what the store holds runs: nobody is to see a board that has no app yet. */
static void booted_wait(void) {
  for (;;) {
    uint32_t seen = tars_wait_generation();
    if (tars_agent_booted()) return;
    tars_wait_next_sleep(seen);
  }
}

/* Configures the agent for this board and returns the hooks for the core. */
static const tars_hooks *agent_init(void) {
  tars_agent_config config = {
    .class = tars_board_class,
    .device = device,
    .virtual_clock = options.virtual_clock,
    .now_us = tars_os_now_us,
    .lock = tars_os_lock,
    .unlock = tars_os_unlock,
    .flash_counters = tars_flash_counters,
    .wake = tars_link_server_wake,
    .online = tars_fleet_online,
    .trouble = tars_fleet_trouble,
    .way_back = tars_fleet_online,
    .phase = tars_fleet_report,
    .answered = tars_fleet_wake,
  };
  return tars_agent_init(&config);
}

/* Starts the board. */
int main(int argc, char **argv) {
  bool again = tars_power_inherit(argv);
  tars_options_parse(argc, argv, &options);
  prctl(PR_SET_TIMERSLACK, 1); /* threads inherit it: periods as exact as the host can, not 50 us late */
  signals_block();
  tars_state_open(&options, device);
  tars_evidence_open(options.state);
  channels_open();
  tars_sim_gpio_start();
  tars_clock_init(options.virtual_clock);
  if (options.trace) tars_trace_open(options.trace, again);
  tars_fleet_init();
  int err = tars_init(agent_init());
  if (err) tars_fail("the core can't start: %s", tars_error_name(err));
  tars_link_server_open(&options);
  thread_start(tars_reaction_worker, "worker");
  thread_start(supervisor_run, "supervisor");
  if (!options.virtual_clock) /* a broker doesn't wait for virtual time */
    thread_start(fleet_run, "fleet");
  if (options.bench_port >= 0) tars_bench_server_start();
  booted_wait();
  if (options.ready && !again) ready_print();
  tars_link_server_run();
}
