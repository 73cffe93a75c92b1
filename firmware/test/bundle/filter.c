/* The device's verifier as a filter, for the tests that compare it with the host's (ota/host/device.test.ts,
 * ota/host/ed25519-device.test.ts). A line in has the fields of the mode, which is the argument, between single spaces,
 * `-` where there is none, bytes in hexadecimal:
 *
 *   bundle           root class key calls engine epoch number committed failed payload bytes
 *   root             old bytes
 *   command, beacon  root device nonce age counter time bytes
 *   signature        message signature key
 *   sign             seed message
 *
 * A line out is 0, `same`, or the code of the refusal; of `sign`, the public key and the signature. */
#include "cases.h"
#include "filter_fleet.h"
#include "tars_ed25519.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1 << 20, FIELDS = 11 };

/* Cuts a line into fields; returns how many. */
static int split(char *line, const char *fields[FIELDS]) {
  int count = 0;
  for (char *at = line; at && count < FIELDS; count++) {
    fields[count] = strcmp(at, "-") && strncmp(at, "- ", 2) ? at : NULL;
    at = strchr(at, ' ');
    if (at) *at++ = 0;
  }
  return count;
}

/* Verdict on a bundle: its code, or -1 if this bundle is committed already. */
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

static int filter_command(const char *const f[FIELDS]) { return filter_fleet(true, f); }

static int filter_beacon(const char *const f[FIELDS]) { return filter_fleet(false, f); }

static int filter_signature(const char *const f[FIELDS]) {
  uint32_t size, of_signature, of_key;
  uint8_t *message = case_bytes(f[0], &size), *signature = case_bytes(f[1], &of_signature),
          *key = case_bytes(f[2], &of_key);
  if (of_signature != 64 || of_key != 32) exit(2);
  int err = tars_ed25519_verify(message, size, signature, key);
  free(message);
  free(signature);
  free(key);
  return -err;
}

/* Prints bytes in hexadecimal. */
static void print(const uint8_t *bytes, int count) {
  for (int i = 0; i < count; i++) printf("%02x", bytes[i]);
}

/* Makes a key out of a seed and signs with it; 0 after it has printed both, on the same line. */
static int filter_sign(const char *const f[FIELDS]) {
  uint32_t size, of_seed;
  uint8_t secret[64], signature[64];
  uint8_t *seed = case_bytes(f[0], &of_seed), *message = case_bytes(f[1], &size);
  if (of_seed != 32) exit(2);
  tars_ed25519_key(secret, seed);
  for (int i = 0; i < 32; i++)
    if (seed[i]) exit(2); /* the seed must have been wiped */
  tars_ed25519_sign(signature, secret, message, size);
  print(secret + 32, 32);
  print(signature, 64);
  printf(" ");
  free(seed);
  free(message);
  return 0;
}

static const struct {
  const char *name;
  int fields;
  int (*verdict)(const char *const f[FIELDS]); /* a code, or -1 for `same` */
} modes[] = {
  { "bundle", FIELDS, filter_bundle }, { "root", 2, filter_root },           { "command", 7, filter_command },
  { "beacon", 7, filter_beacon },      { "signature", 3, filter_signature }, { "sign", 2, filter_sign },
};
enum { MODES = sizeof modes / sizeof modes[0] };

int main(int argc, char **argv) {
  static char line[LINE];
  const char *fields[FIELDS];
  int mode = 0;
  while (argc == 2 && mode < MODES && strcmp(modes[mode].name, argv[1])) mode++;
  if (argc != 2 || mode == MODES) return 2;
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (split(line, fields) != modes[mode].fields) return 2;
    int code = modes[mode].verdict(fields);
    if (code < 0)
      puts("same");
    else
      printf("%d\n", code);
  }
  return 0;
}
