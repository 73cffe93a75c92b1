/* The codes of MQTT 3.1.1 (1 to 5) and MQTT 5 with which a broker says no; see mqtt_reason.h. */
#include "mqtt_reason.h"

#include <stddef.h> /* size_t */

enum { CODES = 5 };

/* Codes that mean the same for whoever set the two up; 0 where there are no more. */
static const struct {
  uint8_t codes[CODES];
  const char *text;
} refusals[] = {
  { { 1, 0x84 }, "it doesn't speak MQTT 3.1.1: allow that version there" },
  { { 2, 0x85 }, "it refuses the client id: allow this device's id there" },
  { { 3, 0x88, 0x89, 0x8b, 0x9f }, "it is busy or shutting down: the board tries again" },
  { { 4, 0x86, 0x8c }, "it refuses user or password: change them there, or provision again" },
  { { 5, 0x87, 0x8a }, "it doesn't let this user in: allow it to connect" },
  { { 0x8e }, "another client has this device's id: do two boards have one key?" },
  { { 0x90, 0x99 }, "it refuses the will: allow any payload below tars/v1/" },
  { { 0x95 }, "a message is too large for it: allow packets of 16384 bytes" },
  { { 0x96, 0x97 }, "a quota of this user is used up: raise it" },
  { { 0x9a }, "it keeps no retained messages: allow them" },
  { { 0x9b }, "it takes no messages of QoS 1: allow them" },
  { { 0x9c, 0x9d }, "it names another broker: provision again with that one" },
};

const char *tars_mqtt_refusal(uint8_t code) {
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
    for (int j = 0; j < CODES && refusals[i].codes[j]; j++)
      if (refusals[i].codes[j] == code) return refusals[i].text;
  return "it refuses the session: its log says why";
}
