/* Fetching what a bundle lacks: when the agent looks again if what it asks for isn't taken. */
#include "check.h"
#include "fleet_ask.h"
#include "fleet_fetch.h"
#include "fleet_out.h"
#include "fleet_state.h"
#include "fleet_text.h"
#include "tars_fleet.h" /* index */

#include <string.h>

fleet_state tars_fleet; /* its time is what fetching looks at */

static bool room; /* whether there is room for a publication */

bool tars_fleet_publish(tars_mqtt_publication publication) { return (void)publication, room; }
uint16_t tars_mqtt_id(void) { return 1; }
int tars_fleet_exchange(fleet_exchange *exchange, const tars_install_request *request) {
  return (void)exchange, (void)request, FLEET_BUSY;
}
void tars_fleet_ask_forget(fleet_exchange *exchange, bool leave) { (void)exchange, (void)leave; }
void tars_install_leave(uint32_t owner) { (void)owner; }
void tars_fleet_hex(const uint8_t *bytes, uint32_t size, char *text) { (void)bytes, memset(text, '0', 2 * size); }

/* While a request finds no room the agent looks again soon, but rests meanwhile. */
static void no_room_test(void) {
  static const tars_install_answer verified;
  tars_fleet.now_us = 1000;
  tars_fleet_fetch_begin(&verified);
  CHECK(!tars_fleet_fetch_step());
  int64_t again_us = tars_fleet_fetch_deadline_us();
  CHECK(again_us > tars_fleet.now_us && again_us < 1000000);
  room = true;
  tars_fleet.now_us = again_us;
  CHECK(tars_fleet_fetch_step());
  CHECK(!tars_fleet_fetch_step());
  CHECK(tars_fleet_fetch_deadline_us() > again_us + 1000000);
}

/* The supervisor doesn't take the announcement: when to ask it again is known elsewhere (fleet_ask.c). */
static void turned_away_test(void) {
  static const tars_install_answer verified;
  static const uint8_t digest[TARS_DIGEST];
  char topic[] = "0000000000000000000000000000000000000000000000000000000000000000/index";
  tars_fleet_index_event index = { .class = { "virtual", 7 },
                                   .digests = { digest, sizeof digest },
                                   .sizes = { .count = 1, .items = { 8 } } };
  uint8_t bytes[128];
  int size = tars_message_encode(tars_fleet_message(TARS_FLEET_INDEX_EVENT), &index, bytes, sizeof bytes);
  tars_fleet_fetch_begin(&verified);
  CHECK(tars_fleet_fetch_step());
  CHECK(tars_fleet_fetch_take((tars_text){ topic, sizeof topic - 1 }, (tars_bytes){ bytes, (uint32_t)size }));
  tars_fleet.now_us += 10000000;
  CHECK(!tars_fleet_fetch_step());
  CHECK_EQUAL(tars_fleet_fetch_result(), FLEET_BUSY);
  CHECK(tars_fleet_fetch_deadline_us() > tars_fleet.now_us);
}

int main(void) {
  no_room_test();
  turned_away_test();
  return check_report("fetch");
}
