/* The broker's share. What was used is kept as a time: it runs ahead of the clock by what a second's worth of each kind
 * costs, and by a second at most when the share is used up. */
#include "fleet_share.h"
#include "fleet_state.h" /* time */
#include "tars_limits.h" /* the share */

#include <string.h>

enum {
  SECOND_US = 1000000,
  SOME_US = SECOND_US / 8, /* of a second's worth that must have come back before more is taken */
};

static const uint32_t shares[FLEET_COSTS] = { TARS_LIMIT_BROKER_BYTES, TARS_LIMIT_BROKER_MESSAGES,
                                              TARS_LIMIT_BROKER_SIGNATURES };
static const char *const reasons[FLEET_COSTS] = {
  "it sends more bytes than a board takes",
  "it sends more messages than a board takes",
  "it sends more signatures than a board checks",
};

static struct {
  int64_t used_us[FLEET_COSTS];  /* the share is free again by then */
  int64_t since_us[FLEET_COSTS]; /* when it was used up, without having been half free since; 0: it wasn't */
} share;

void tars_fleet_share_begin(void) { memset(share.since_us, 0, sizeof share.since_us); }

bool tars_fleet_share_is_used(fleet_cost cost) { return share.used_us[cost] - tars_fleet.now_us >= SECOND_US; }

void tars_fleet_share_take(fleet_cost cost, uint32_t count) {
  int64_t *used_us = &share.used_us[cost];
  if (*used_us < tars_fleet.now_us) *used_us = tars_fleet.now_us;
  *used_us += (int64_t)count * SECOND_US / shares[cost];
  if (tars_fleet_share_is_used(cost) && share.since_us[cost] == 0) share.since_us[cost] = tars_fleet.now_us;
}

void tars_fleet_share_return(uint32_t bytes) {
  share.used_us[FLEET_BYTES] -= (int64_t)bytes * SECOND_US / shares[FLEET_BYTES];
  share.used_us[FLEET_MESSAGES] -= SECOND_US / shares[FLEET_MESSAGES];
}

void tars_fleet_share_useful(void) { tars_fleet_share_begin(); }

int64_t tars_fleet_share_again_us(fleet_cost cost) {
  return tars_fleet_share_is_used(cost) ? share.used_us[cost] - SECOND_US + SOME_US : INT64_MAX;
}

const char *tars_fleet_share_flood(void) {
  for (int cost = 0; cost < FLEET_COSTS; cost++) {
    if (share.used_us[cost] - tars_fleet.now_us < SECOND_US / 2) share.since_us[cost] = 0;
    int64_t since_us = share.since_us[cost];
    if (since_us && tars_fleet.now_us - since_us >= TARS_LIMIT_FLOOD_MS * INT64_C(1000)) return reasons[cost];
  }
  return NULL;
}
