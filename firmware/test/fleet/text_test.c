/* URLs of brokers and topics. */
#include "check.h"
#include "fleet_state.h"
#include "fleet_text.h"
#include "tars_broker.h" /* URL */
#include "tars_fleet.h"  /* formats */

#include <string.h>

fleet_state tars_fleet; /* its topic root and device id are what topics are made of */

/* What a URL says, or that it is none. */
static void url_test(void) {
  static const struct {
    const char *url, *host; /* host NULL: refused */
    uint16_t port;
    bool tls;
  } urls[] = {
    { "mqtt://127.0.0.1:1884", "127.0.0.1", 1884, false },
    { "mqtts://broker.example:8884", "broker.example", 8884, true },
    { "mqtt://broker.example", "broker.example", 1883, false },
    { "mqtts://broker.example", "broker.example", 8883, true },
    { "mqtt://[::1]:1", "::1", 1, false },
    { "mqtts://[fe80::1]", "fe80::1", 8883, true },
    { "", NULL, 0, false },
    { "http://a:1", NULL, 0, false },
    { "mqtt://", NULL, 0, false },
    { "mqtt://:1883", NULL, 0, false },
    { "mqtt://a:", NULL, 0, false },
    { "mqtt://a:0", NULL, 0, false },
    { "mqtt://a:65536", NULL, 0, false },
    { "mqtt://a:99999999999", NULL, 0, false },
    { "mqtt://a:1x", NULL, 0, false },
    { "mqtt://a/b", NULL, 0, false },
    { "mqtt://[::1", NULL, 0, false },
    { "mqtt://[::1]x", NULL, 0, false },
  };
  for (unsigned i = 0; i < sizeof urls / sizeof *urls; i++) {
    tars_broker_place place;
    bool valid = tars_broker_url(urls[i].url, &place);
    CHECK_EQUAL(valid, urls[i].host != NULL);
    if (!valid || !urls[i].host) continue;
    CHECK(place.size == strlen(urls[i].host) && memcmp(place.host, urls[i].host, place.size) == 0);
    CHECK(place.port == urls[i].port && place.tls == urls[i].tls);
  }
}

/* The longest topics fit; the host's paths and the board's formats are the same. */
static void topic_test(void) {
  char topic[FLEET_TOPIC], rest[FLEET_TOPIC];
  strcpy(tars_fleet.network.fleet, "line1");
  strcpy(tars_fleet.device, "0123456789abcdef0123456789abcdef");
  tars_fleet_topic(topic, TARS_TOPIC_COMMAND, "");
  CHECK(strcmp(topic, "tars/v1/line1/d/0123456789abcdef0123456789abcdef/cmd") == 0);
  tars_fleet_topic(topic, TARS_TOPIC_ROOT, "");
  CHECK(strcmp(topic, "tars/v1/line1/root") == 0);
  tars_fleet_topic(topic, TARS_TOPIC_ROOT_NEXT, "17");
  CHECK(strcmp(topic, "tars/v1/line1/root/17") == 0);
  tars_fleet_topic(topic, TARS_TOPIC_BLOB, "+/+");
  CHECK(strcmp(topic, "tars/v1/line1/d/0123456789abcdef0123456789abcdef/blob/+/+") == 0);
  memset(tars_fleet.network.fleet, 'f', sizeof tars_fleet.network.fleet - 1);
  memset(rest, 'a', 64);
  strcpy(rest + 64, "/4294967295");
  tars_fleet_topic(topic, TARS_TOPIC_BLOB, rest);
  CHECK_EQUAL(strlen(topic), 8 + 32 + 1 + 2 + 32 + 1 + 5 + 64 + 11);
  memset(rest, 'b', sizeof rest - 1);
  rest[sizeof rest - 1] = '\0';
  tars_fleet_topic(topic, TARS_TOPIC_BLOB, rest); /* cut, never beyond */
  CHECK_EQUAL(strlen(topic), FLEET_TOPIC - 1);
}

int main(void) {
  url_test();
  topic_test();
  return check_report("fleet text");
}
