/* The template of the closed SUIT profile: every command has one place and one meaning. */
#include "bundle_manifest.h"

#include <string.h> /* memcmp */

#include "bundle_envelope.h" /* digest_read */
#include "tars_errors.h"

enum { ID = TARS_BUNDLE_ID, MAX_METHOD = 255 };

/* Reads commands of a sequence, each followed by its reporting policy. */
static void read_commands(form *in, const uint8_t *wanted, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) form_literal(in, wanted[i], TARS_E_PROFILE);
}

/* Reads a sequence of one command, in its byte string. */
static void read_sequence(form *in, uint8_t command, uint8_t report) {
  const uint8_t wanted[] = { command, report };
  uint32_t outer = form_enter(in, UINT32_MAX);
  form_array(in, 2, 2);
  read_commands(in, wanted, 2);
  form_leave(in, outer);
}

/* `sequence` = epoch << 32 | number; a number of 0 is refused. */
static void read_number(form *in, tars_bundle_facts *facts) {
  uint64_t value = form_wide(in);
  uint32_t epoch = (uint32_t)(value >> TARS_EPOCH_SHIFT);
  facts->epoch = (uint16_t)epoch;
  facts->number = (uint32_t)value;
  if (!facts->number || epoch > UINT16_MAX) form_fail(in, TARS_E_PROFILE);
}

/* Reads the payload's digest structure, in its byte string. */
static void read_digest(form *in, tars_bundle_facts *facts) {
  uint32_t outer = form_enter(in, TARS_BUNDLE_MAX_DIGEST);
  facts->payload_digest = digest_read(in);
  form_leave(in, outer);
}

/* Reads the grant. Every fault inside of it is `profile`. */
static void read_grant(form *in, tars_bundle_facts *facts) {
  facts->grant = form_bytes(in, 0, TARS_BUNDLE_MAX_GRANT);
  if (!in->error && !tars_grant_valid(facts->grant)) form_fail(in, TARS_E_PROFILE);
}

/* Reads the bitmap of host calls, which must not end with a zero byte. */
static void read_calls(form *in, tars_bundle_facts *facts) {
  facts->calls = form_bytes(in, 0, TARS_BUNDLE_MAX_CALLS);
  if (facts->calls.size && !facts->calls.bytes[facts->calls.size - 1]) form_fail(in, TARS_E_PROFILE);
}

/* Reads how the payload makes the app. No method is defined yet, so only the form is checked. */
static void read_delta(form *in, tars_bundle_facts *facts) {
  tars_bytes content = form_bytes(in, 0, TARS_BUNDLE_MAX_DELTA);
  form inner = { .bytes = content.bytes, .end = content.size, .error = in->error };
  facts->delta = true;
  form_array(&inner, 4, 4);
  form_uint(&inner, 1, MAX_METHOD);
  form_fixed(&inner, TARS_BUNDLE_DIGEST);
  form_uint(&inner, 1, UINT32_MAX);
  form_fixed(&inner, TARS_BUNDLE_DIGEST);
  form_leave(&inner, inner.end);
  if (inner.error) form_fail(in, TARS_E_PROFILE);
}

/* Reads what override-parameters sets, in the order of the labels' bytes. */
static void read_parameters(form *in, tars_bundle_facts *facts) {
  form_map map;
  form_map_begin(in, &map);
  form_key(in, TARS_BUNDLE_PARAMETER_VENDOR);
  facts->vendor = form_fixed(in, ID);
  form_key(in, TARS_BUNDLE_PARAMETER_CLASS);
  facts->board_class = form_fixed(in, ID);
  form_key(in, TARS_BUNDLE_PARAMETER_DIGEST);
  read_digest(in, facts);
  form_key(in, TARS_BUNDLE_PARAMETER_SIZE);
  facts->payload_size = form_uint(in, 1, UINT32_MAX);
  if (form_has(in, TARS_BUNDLE_PARAMETER_DEVICE)) facts->device = form_fixed(in, ID);
  form_key(in, TARS_BUNDLE_PARAMETER_GRANT);
  read_grant(in, facts);
  form_key(in, TARS_BUNDLE_PARAMETER_CALLS);
  read_calls(in, facts);
  form_key(in, TARS_BUNDLE_PARAMETER_HEALTH);
  facts->health_ms = form_uint(in, 1, TARS_BUNDLE_MAX_HEALTH);
  if (form_has(in, TARS_BUNDLE_PARAMETER_ENGINE)) facts->engine = form_bytes(in, 1, TARS_BUNDLE_MAX_ENGINE);
  if (form_has(in, TARS_BUNDLE_PARAMETER_DELTA)) read_delta(in, facts);
  form_map_end(in);
}

/* Reads the shared sequence: parameters, then conditions for vendor, class and, if there is one, device. */
static void read_shared(form *in, tars_bundle_facts *facts) {
  enum { REPORT = TARS_BUNDLE_REPORT_CONDITION };
  static const uint8_t conditions[] = { TARS_BUNDLE_COMMAND_VENDOR, REPORT, TARS_BUNDLE_COMMAND_CLASS, REPORT,
                                        TARS_BUNDLE_COMMAND_DEVICE, REPORT };
  uint32_t outer = form_enter(in, UINT32_MAX), count = form_array(in, 6, 8);
  if (count == 7) form_fail(in, TARS_E_PROFILE);
  form_literal(in, TARS_BUNDLE_COMMAND_OVERRIDE, TARS_E_PROFILE);
  read_parameters(in, facts);
  if ((facts->device != NULL) != (count == 8)) form_fail(in, TARS_E_PROFILE);
  read_commands(in, conditions, facts->device ? 6 : 4);
  form_leave(in, outer);
}

static void read_common(form *in, tars_bundle_facts *facts) {
  uint32_t outer = form_enter(in, UINT32_MAX);
  form_map map;
  form_map_begin(in, &map);
  form_key(in, TARS_BUNDLE_COMMON_COMPONENTS);
  form_array(in, 1, 1);
  form_array(in, 1, 1);
  const uint8_t *component = form_fixed(in, 1);
  if (component && *component != TARS_BUNDLE_COMPONENT) form_fail(in, TARS_E_PROFILE);
  form_key(in, TARS_BUNDLE_COMMON_SHARED);
  read_shared(in, facts);
  form_map_end(in);
  form_leave(in, outer);
}

/* True if the texts are equal. */
static bool text_is(tars_text text, const char *wanted) {
  return text.size == strlen(wanted) && !memcmp(text.text, wanted, text.size);
}

/* Reads where the payload is, then the commands that fetch it and compare its digest. */
static void read_install(form *in, tars_bundle_facts *facts) {
  static const uint8_t commands[] = { TARS_BUNDLE_COMMAND_FETCH, TARS_BUNDLE_REPORT_DIRECTIVE,
                                      TARS_BUNDLE_COMMAND_IMAGE, TARS_BUNDLE_REPORT_CONDITION };
  uint32_t outer = form_enter(in, UINT32_MAX);
  form_array(in, 6, 6);
  form_literal(in, TARS_BUNDLE_COMMAND_OVERRIDE, TARS_E_PROFILE);
  form_map map;
  form_map_begin(in, &map);
  form_key(in, TARS_BUNDLE_URI);
  tars_text uri = form_text(in, UINT32_MAX);
  facts->detached = text_is(uri, TARS_URI_DETACHED);
  if (!facts->detached && !text_is(uri, TARS_URI_INTEGRATED)) form_fail(in, TARS_E_PROFILE);
  form_map_end(in);
  read_commands(in, commands, sizeof commands);
  form_leave(in, outer);
}

int bundle_manifest_read(tars_bytes document, tars_bundle_facts *facts) {
  form in = { .bytes = document.bytes, .end = document.size };
  form_map map;
  form_map_begin(&in, &map);
  form_key(&in, TARS_BUNDLE_KEY_VERSION);
  form_literal(&in, TARS_BUNDLE_VERSION, TARS_E_VERSION);
  form_key(&in, TARS_BUNDLE_KEY_SEQUENCE);
  read_number(&in, facts);
  form_key(&in, TARS_BUNDLE_KEY_COMMON);
  read_common(&in, facts);
  form_key(&in, TARS_BUNDLE_KEY_VALIDATE);
  read_sequence(&in, TARS_BUNDLE_COMMAND_IMAGE, TARS_BUNDLE_REPORT_CONDITION);
  form_key(&in, TARS_BUNDLE_KEY_INVOKE);
  read_sequence(&in, TARS_BUNDLE_COMMAND_INVOKE, TARS_BUNDLE_REPORT_DIRECTIVE);
  form_key(&in, TARS_BUNDLE_KEY_INSTALL);
  read_install(&in, facts);
  form_map_end(&in);
  form_leave(&in, in.end);
  return in.error;
}
