/* Feeds commands and beacons to ota/device/trust_command.c. The device id, nonce, counter and time that the board would
 * have come from the line of input. */
#include "filter_fleet.h"

#include "cases.h"
#include "tars_errors.h"
#include "tars_os.h"
#include "trust_state.h"

#include <stdlib.h>
#include <string.h>

trust_state tars_trust;
static tars_root owner;
static bool owned;

/* The root document that the line of input names. */
const tars_root *tars_trust_root(void) { return owned ? &owner : NULL; }

/* The filter has one task, so the lock does nothing. */
void tars_os_lock(void) {}

/* The filter has one task, so the lock does nothing. */
void tars_os_unlock(void) {}

/* No verdict depends on the time since the start: the age of the nonce comes from the line. */
int64_t tars_os_now_us(void) { return 0; }

/* The board gives no nonce here: the line says which one it gave. */
int tars_os_random(uint8_t *bytes, uint32_t size) {
  (void)bytes, (void)size;
  return -TARS_E_IO;
}

void tars_os_supervisor_notify(void) {}

/* Copies a field of `size` bytes. */
static void take(const char *field, uint8_t *to, uint32_t size) {
  uint32_t given;
  uint8_t *bytes = case_bytes(field, &given);
  if (!bytes || given != size) exit(2);
  memcpy(to, bytes, size);
  free(bytes);
}

/* root device nonce age counter time bytes; the age of the nonce in milliseconds */
int filter_fleet(bool command, const char *const f[]) {
  tars_fleet_command_event body;
  uint32_t root_size, size;
  uint8_t *root = case_bytes(f[0], &root_size), *bytes = case_bytes(f[6], &size);
  owned = root != NULL;
  if (owned && tars_root_read(root, root_size, &owner)) exit(2);
  take(f[1], tars_trust.status.device, sizeof tars_trust.status.device);
  take(f[2], tars_trust.status.nonce, sizeof tars_trust.status.nonce);
  tars_trust.has_nonce = true;
  tars_trust.nonces[0] = (trust_nonce){ .expires_us = 1000 * (TARS_LIMIT_NONCE_MS - strtoll(f[3], NULL, 10)),
                                        .counter = (uint32_t)strtoul(f[4], NULL, 10) };
  memcpy(tars_trust.nonces[0].bytes, tars_trust.status.nonce, TARS_NONCE);
  tars_trust.status.time_s = strtoll(f[5], NULL, 10);
  int err = command ? tars_trust_command(bytes, size, &body) : tars_trust_beacon(bytes, size);
  free(root);
  free(bytes);
  return -err;
}
