/* The device's verifier as a filter, for the test that compares it with the host's (ota/host/device.test.ts). A line
 * in: fields between single spaces, `-` where there is none, bytes in hexadecimal. filter bundle: root class key calls
 * engine epoch number committed failed payload bytes filter root:   old bytes filter command, filter beacon: root
 * device nonce counter time bytes A line out: 0, `same`, or the code of the refusal. */
#include "cases.h"
#include "filter_fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1 << 20, FIELDS = 11 };

/* Cuts a line into fields; their number. */
static int split(char *line, const char *fields[FIELDS]) {
  int count = 0;
  for (char *at = line; at && count < FIELDS; count++) {
    fields[count] = strcmp(at, "-") && strncmp(at, "- ", 2) ? at : NULL;
    at = strchr(at, ' ');
    if (at) *at++ = 0;
  }
  return count;
}

/* Verdict on a bundle: its code, or -1 for the same again. */
static int filter_bundle(const char *const f[FIELDS]) {
  static case_board board;
  tars_bundle_facts facts;
  tars_vector_bundle row = { .board_class = f[1],
                             .key = f[2],
                             .calls = f[3],
                             .engine = f[4],
                             .epoch = (uint16_t)atoi(f[5]),
                             .number = (uint32_t)strtoul(f[6], NULL, 10),
                             .committed = f[7],
                             .failed = f[8],
                             .payload = f[9] };
  uint32_t size;
  if (!case_open(&board, &row, f[0])) exit(2);
  uint8_t *bytes = case_bytes(f[10], &size);
  int err = tars_bundle_verify(bytes, size, &board.policy, &facts);
  free(bytes);
  case_close(&board);
  return !err && facts.same ? -1 : -err;
}

/* Verdict on a root document. */
static int filter_root(const char *const f[FIELDS]) {
  tars_root old, root;
  uint32_t old_size, size;
  bool same;
  uint8_t *before = case_bytes(f[0], &old_size), *bytes = case_bytes(f[1], &size);
  if (before && tars_root_read(before, old_size, &old)) exit(2);
  int err = tars_root_verify(bytes, size, before ? &old : NULL, &root, &same);
  free(before);
  free(bytes);
  return same ? -1 : -err;
}

/* Fields of a mode's line. */
static int count_of(const char *mode) {
  return strcmp(mode, "bundle") == 0 ? FIELDS : strcmp(mode, "root") == 0 ? 2 : 6;
}

/* The verdict of a mode. */
static int verdict(const char *mode, const char *const fields[FIELDS]) {
  if (strcmp(mode, "bundle") == 0) return filter_bundle(fields);
  return strcmp(mode, "root") == 0 ? filter_root(fields) : filter_fleet(strcmp(mode, "command") == 0, fields);
}

/* A verdict for each line. */
int main(int argc, char **argv) {
  static char line[LINE];
  const char *fields[FIELDS];
  if (argc != 2) return 2;
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (split(line, fields) != count_of(argv[1])) return 2;
    int code = verdict(argv[1], fields);
    if (code < 0)
      puts("same");
    else
      printf("%d\n", code);
  }
  return 0;
}
