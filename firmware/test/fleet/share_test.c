/* The broker's share: a second's worth at once, as much a second, and an end to a broker that wants more for long. */
#include "check.h"
#include "fleet_share.h"
#include "fleet_state.h"
#include "tars_limits.h"

enum { SECOND_US = 1000000, STEP_US = 1000 };

fleet_state tars_fleet; /* its time is what the share looks at */

/* Lets time pass until everything is free again. */
static void fresh(void) {
  tars_fleet.now_us += 10 * SECOND_US;
  tars_fleet_share_begin();
  CHECK(tars_fleet_share_flood() == NULL);
}

/* Takes what there is at this moment, in portions; returns how much that was. A share without an end is a failure. */
static uint32_t take_all(fleet_cost cost, uint32_t portion) {
  uint32_t portions = 0;
  while (!tars_fleet_share_is_used(cost) && portions <= 2 * TARS_LIMIT_BROKER_BYTES) {
    tars_fleet_share_take(cost, portion);
    portions++;
  }
  CHECK(tars_fleet_share_is_used(cost));
  return portions * portion;
}

/* Takes as much as there is for so long; returns how much that was. The broker is left when `left_us` says. */
static uint32_t greedy(fleet_cost cost, uint32_t portion, int64_t for_us, int64_t *left_us) {
  uint32_t taken = 0;
  int64_t begun_us = tars_fleet.now_us;
  *left_us = 0;
  for (; tars_fleet.now_us - begun_us < for_us; tars_fleet.now_us += STEP_US) {
    if (tars_fleet_share_flood() && !*left_us) *left_us = tars_fleet.now_us - begun_us;
    taken += take_all(cost, portion);
    if (!tars_fleet_share_is_used(cost)) break;
    CHECK(tars_fleet_share_again_us(cost) > tars_fleet.now_us);
    CHECK(tars_fleet_share_again_us(cost) <= tars_fleet.now_us + SECOND_US);
  }
  return taken;
}

static void rate_test(fleet_cost cost, uint32_t share, uint32_t portion) {
  int64_t left_us;
  fresh();
  uint32_t taken = greedy(cost, portion, 20 * SECOND_US, &left_us);
  CHECK(taken >= 20 * share && taken <= 21 * share + 2 * portion);
  CHECK(left_us >= TARS_LIMIT_FLOOD_MS * INT64_C(1000));
  CHECK(left_us < TARS_LIMIT_FLOOD_MS * INT64_C(1000) + SECOND_US);
}

/* Bursts of a second's worth with time between them are no flood, and neither is what was asked for. */
static void honest_test(void) {
  fresh();
  for (int burst = 0; burst < 30; burst++) {
    for (uint32_t i = 0; i < TARS_LIMIT_BROKER_MESSAGES; i++) tars_fleet_share_take(FLEET_MESSAGES, 1);
    for (int i = 0; i < 8; i++) {
      tars_fleet.now_us += SECOND_US / 8;
      CHECK(tars_fleet_share_flood() == NULL);
    }
  }
  fresh();
  for (int i = 0; i < 100000; i++) {
    tars_fleet_share_take(FLEET_BYTES, TARS_LIMIT_BLOB_CHUNK);
    tars_fleet_share_take(FLEET_MESSAGES, 1);
    tars_fleet_share_return(TARS_LIMIT_BLOB_CHUNK);
    CHECK(!tars_fleet_share_is_used(FLEET_BYTES) && !tars_fleet_share_is_used(FLEET_MESSAGES));
  }
  CHECK(tars_fleet_share_again_us(FLEET_BYTES) == INT64_MAX);
}

/* Whoever brings something useful from time to time is slowed down and not left. */
static void useful_test(void) {
  int64_t left_us;
  fresh();
  for (int i = 0; i < 10; i++) {
    greedy(FLEET_SIGNATURES, 1, 4 * SECOND_US, &left_us);
    CHECK_EQUAL(left_us, 0);
    tars_fleet_share_useful();
  }
}

int main(void) {
  rate_test(FLEET_BYTES, TARS_LIMIT_BROKER_BYTES, TARS_LIMIT_BUNDLE);
  rate_test(FLEET_MESSAGES, TARS_LIMIT_BROKER_MESSAGES, 1);
  rate_test(FLEET_SIGNATURES, TARS_LIMIT_BROKER_SIGNATURES, 1);
  honest_test();
  useful_test();
  return check_report("the broker's share");
}
