/* The command line of tars-board. */
#include "port.h"
#include "tars_limits.h" /* longest name */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "usage: tars-board --state DIR [options]\n"
                            "  --state DIR        flash.bin and the name of the device live here\n"
                            "  --name NAME        name of the device; stored\n"
                            "  --pty LINK         serve the link on a pseudo-terminal, with a symlink at LINK\n"
                            "  --tcp PORT         serve the link on the loopback; 0: any free port\n"
                            "  --bench PORT       serve the bench on the loopback; 0: any free port\n"
                            "  --clock KIND       real (default), or virtual: time moves only by the bench\n"
                            "  --trace FILE       write every reaction and host call\n"
                            "  --baud N           pace the links like a serial line of N baud, both ways\n"
                            "  --parent PID       end when this process ends\n"
                            "  --stdin-guard      end when standard input is closed\n"
                            "  --ready            print one line of JSON when the board is up\n";

enum { O_STATE = 1, O_NAME, O_PTY, O_TCP, O_BENCH, O_CLOCK, O_TRACE, O_BAUD, O_PARENT, O_GUARD, O_READY, O_HELP };

static const struct option long_options[] = { { "state", required_argument, NULL, O_STATE },
                                              { "name", required_argument, NULL, O_NAME },
                                              { "pty", required_argument, NULL, O_PTY },
                                              { "tcp", required_argument, NULL, O_TCP },
                                              { "bench", required_argument, NULL, O_BENCH },
                                              { "clock", required_argument, NULL, O_CLOCK },
                                              { "trace", required_argument, NULL, O_TRACE },
                                              { "baud", required_argument, NULL, O_BAUD },
                                              { "parent", required_argument, NULL, O_PARENT },
                                              { "stdin-guard", no_argument, NULL, O_GUARD },
                                              { "ready", no_argument, NULL, O_READY },
                                              { "help", no_argument, NULL, O_HELP },
                                              { NULL, 0, NULL, 0 } };

/* A number from `min` to `max`, or the end of the process. */
static long number_parse(const char *option, const char *text, long min, long max) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*text == '\0' || *end != '\0' || value < min || value > max)
    tars_fail("%s takes a number from %ld to %ld, not \"%s\"", option, min, max, text);
  return value;
}

/* True for "virtual". */
static bool clock_parse(const char *text) {
  if (strcmp(text, "virtual") != 0 && strcmp(text, "real") != 0)
    tars_fail("--clock is real or virtual, not \"%s\"", text);
  return strcmp(text, "virtual") == 0;
}

/* Checks a device name. */
static const char *name_parse(const char *text) {
  if (*text == '\0' || strlen(text) > TARS_LIMIT_NAME) tars_fail("--name takes 1 to %d bytes", TARS_LIMIT_NAME);
  return text;
}

/* One option. */
static void option_apply(int option, tars_options *options) {
  switch (option) {
  case O_STATE: options->state = optarg; break;
  case O_NAME: options->name = name_parse(optarg); break;
  case O_PTY: options->pty_link = optarg; break;
  case O_TCP: options->tcp_port = (int)number_parse("--tcp", optarg, 0, 65535); break;
  case O_BENCH: options->bench_port = (int)number_parse("--bench", optarg, 0, 65535); break;
  case O_CLOCK: options->virtual_clock = clock_parse(optarg); break;
  case O_TRACE: options->trace = optarg; break;
  case O_BAUD: options->baud = (uint32_t)number_parse("--baud", optarg, 300, 12000000); break;
  case O_PARENT: options->parent = (pid_t)number_parse("--parent", optarg, 1, 4194304); break;
  case O_GUARD: options->stdin_guard = true; break;
  case O_READY: options->ready = true; break;
  case O_HELP: fputs(usage, stdout); exit(0);
  default: fputs(usage, stderr); exit(2);
  }
}

/* Reads the command line. */
void tars_options_parse(int argc, char **argv, tars_options *options) {
  *options = (tars_options){ .tcp_port = -1, .bench_port = -1 };
  int option;
  while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) option_apply(option, options);
  if (optind < argc) tars_fail("what is \"%s\"? Try --help", argv[optind]);
  if (!options->state) tars_fail("--state DIR is missing. Try --help");
}
