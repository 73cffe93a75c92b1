/* The manifest decoder against hal/vectors/manifests.json. */
#include "check.h"
#include "dump.h"
#include "tars_errors.h"
#include "tars_kinds.h"
#include "tars_manifest_tables.h"
#include "tars_vectors.h"

#include <stdlib.h>
#include <string.h>

/* Index of the vector with this name. */
static uint32_t vector_of(const char *name) {
  uint32_t i = 0;
  while (strcmp(tars_vectors_manifests[i].name, name)) i++;
  return i;
}

/* Decodes a vector into rows of a given size. `bytes` and `rows` are freed by the caller. */
static int decode(uint32_t i, uint32_t cut, uint32_t rows_size, uint8_t **bytes, void **rows, tars_manifest *out) {
  uint8_t all[512];
  uint32_t size = unhex(tars_vectors_manifests[i].hex, all, sizeof all) - cut;
  *bytes = malloc(size ? size : 1);
  *rows = malloc(rows_size ? rows_size : 1);
  memcpy(*bytes, all, size);
  return tars_manifest_decode(*bytes, size, *rows, rows_size, out);
}

/* Verdict on every vector; of good ones, also every prefix is refused and rows one byte too small. */
static void check_verdicts(void) {
  for (uint32_t i = 0; i < sizeof tars_vectors_manifests / sizeof tars_vectors_manifests[0]; i++) {
    uint8_t *bytes;
    void *rows;
    tars_manifest m, other;
    int err = decode(i, 0, TARS_MANIFEST_ROWS_MAX, &bytes, &rows, &m);
    CHECK_SAY(err == -tars_vectors_manifests[i].error, "%s: %d", tars_vectors_manifests[i].name, err);
    free(bytes);
    free(rows);
    if (err) continue;
    for (uint32_t cut = 1; cut <= strlen(tars_vectors_manifests[i].hex) / 2; cut++) {
      err = decode(i, cut, TARS_MANIFEST_ROWS_MAX, &bytes, &rows, &other);
      CHECK_SAY(err == -TARS_E_MANIFEST, "%s without its last %u bytes: %d", tars_vectors_manifests[i].name, cut, err);
      free(bytes);
      free(rows);
    }
    CHECK_SAY(decode(i, 0, m.rows_size, &bytes, &rows, &other) == 0, "%s in exactly enough memory",
              tars_vectors_manifests[i].name);
    int measured = tars_manifest_decode(bytes, (uint32_t)strlen(tars_vectors_manifests[i].hex) / 2, NULL, 0, &other);
    CHECK_SAY(measured == 0 && other.rows_size == m.rows_size, "%s is measured: %d", tars_vectors_manifests[i].name,
              measured);
    free(bytes);
    free(rows);
    CHECK_SAY(decode(i, 0, m.rows_size - 1, &bytes, &rows, &other) == -TARS_E_NOMEM, "%s in too little memory",
              tars_vectors_manifests[i].name);
    free(bytes);
    free(rows);
  }
}

/* Prints all rows of handles and sources. */
static void dump_rows(dump *out, const tars_manifest *m) {
  out->size = 0;
  for (uint32_t i = 0; i < m->uses_count; i++) {
    const tars_row *row = tars_manifest_kinds;
    while (row->kind != m->uses[i].kind) row++;
    dump_int(out, row->kind);
    dump_text(out, " ");
    dump_row(out, row->fields, row->count, &m->uses[i]);
    dump_text(out, "\n");
  }
  for (uint32_t i = 0; i < m->sources_count; i++) {
    const tars_row *row = tars_manifest_sources;
    while (row->kind != m->sources[i].kind) row++;
    dump_text(out, "s");
    dump_int(out, row->kind);
    dump_text(out, " ");
    dump_row(out, row->fields, row->count, &m->sources[i]);
    dump_text(out, "\n");
  }
}

/* Whether a text of the manifest is this one. */
static bool is(tars_text text, const char *expected) {
  return text.size == strlen(expected) && !memcmp(text.text, expected, text.size);
}

/* The manifest of the Kalman filter in docs/language.md, each member written out by hand. */
static void check_kalman(void) {
  static const uint8_t places[] = { 0, 1, 2, 3, 4 };
  uint8_t *bytes;
  void *rows;
  tars_manifest m;
  CHECK_SAY(decode(vector_of("kalman"), 0, TARS_MANIFEST_ROWS_MAX, &bytes, &rows, &m) == 0, "refused");
  CHECK_SAY(m.abi == TARS_LIMIT_ABI && is(m.name, "kf") && m.calls_count == 3 && m.calls[2] == 4, "head");
  CHECK_SAY(m.uses_count == 4 && m.uses[0].kind == TARS_KIND_I2C && is(m.uses[0].i2c.name, "I2C1") &&
                m.uses[0].i2c.address == 0x48 && m.uses[0].i2c.speed == 400,
            "sensor");
  CHECK_SAY(is(m.uses[1].publish.topic, "kf/x") && m.uses[1].publish.rate == 100 &&
                is(m.uses[1].publish.schema, "x:f32 degC,p:f32"),
            "topic");
  CHECK_SAY(is(m.uses[3].param.name, "r") && m.uses[3].param.slot == 1 && m.uses[3].param.type == TARS_PARAM_F32 &&
                m.uses[3].param.min.f == 0.001f && m.uses[3].param.max.f == 10 && m.uses[3].param.unit.size == 0,
            "parameter");
  CHECK_SAY(m.sources_count == 1 && m.sources[0].kind == TARS_SOURCE_EVERY && m.sources[0].every.period == 10000 &&
                m.sources[0].every.catchup == 0,
            "source");
  CHECK_SAY(tars_state_count(&m) == 5, "state");
  for (uint32_t i = 0; i < 5; i++)
    CHECK_SAY(m.state[i].place == places[i] && m.state[i].size == 4 && tars_state_retain(&m, i) == (i == 2), "state %u",
              i);
  CHECK_SAY(tars_state_hash(&m, 2) == 0x4c76cbf7, "first bytes of SHA-256 of x:f32:degC");
  CHECK_SAY(m.restart_count == 2 && m.restart[0] == TARS_LIMIT_RESTART_MS && m.restart[1] == TARS_LIMIT_RESTART_COUNT,
            "default of restart");
  CHECK_SAY(m.timers == 0 && m.priority == 0 && m.load == 0 && m.finish == 0 && m.deadline == 0 && m.logs_count == 0,
            "defaults");
  CHECK_SAY(tars_manifest_calls(&m, 2) && tars_manifest_calls(&m, 4) && !tars_manifest_calls(&m, 1) &&
                !tars_manifest_calls(&m, 5),
            "calls");
  free(bytes);
  free(rows);
}

/* The manifest with every key and kind. */
static void check_all(void) {
  static const char expected[] = "1 '4c4544 2 1\n"
                                 "2 '425554544f4e 1 1 20000\n"
                                 "3 '5331 -1 200 1000 2000\n"
                                 "4 '4d31 f00000000 1000 f42480000\n"
                                 "5 '4130\n"
                                 "6 '49324331 72 100\n"
                                 "7 '53504931 '504134 1000 3\n"
                                 "8 '5541525431 9600\n"
                                 "9 1\n"
                                 "10 '61 0 '763a693332\n"
                                 "11 '62 '763a663332 4 250000\n"
                                 "12 '70 0 3 -9223372036854775808 9223372036854775807 '7573\n"
                                 "s0 1000 2 500\ns1 1 3 2000\ns2 10 3000\ns3 11 4000\ns4 7 5000\n";
  static dump out;
  uint8_t *bytes;
  void *rows;
  tars_manifest m;
  CHECK_SAY(decode(vector_of("all"), 0, TARS_MANIFEST_ROWS_MAX, &bytes, &rows, &m) == 0, "refused");
  dump_rows(&out, &m);
  CHECK_SAY(!strcmp(out.text, expected), "%s", out.text);
  CHECK_SAY(m.timers == 2 && m.priority == 7 && m.load == 250 && m.finish == 1 && m.deadline == 100000 &&
                m.restart[0] == 250 && m.restart[1] == 0,
            "numbers");
  CHECK_SAY(m.logs_count == 1 && is(m.logs[0], "{} V") && m.bounds[0] == 4096 && m.bounds[1] == 256, "lists");
  CHECK_SAY(tars_use_resource(&m.uses[0]) == &m.uses[0].gpio_out.name && !tars_use_resource(&m.uses[8]) &&
                !tars_use_resource(&m.uses[11]),
            "resources");
  CHECK_SAY(tars_kind_rows[TARS_KIND_PWM_DUTY].places[0].drives && !tars_kind_rows[TARS_KIND_SPI].places[0].drives &&
                tars_kind_rows[TARS_KIND_SPI].places[1].drives && tars_kind_rows[TARS_KIND_SPI].exclusive &&
                !tars_kind_rows[TARS_KIND_ADC].places[0].drives && !tars_kind_rows[TARS_KIND_ADC].exclusive,
            "who may claim");
  free(bytes);
  free(rows);
}

/* The manifest of blink with `count` log templates of 118 bytes: 120 bytes each on top of 40. */
static int decode_long(uint8_t count) {
  static uint8_t bytes[4096];
  static uint64_t rows[TARS_MANIFEST_ROWS_MAX / 8];
  tars_manifest m;
  uint32_t size = unhex(tars_vectors_manifests[vector_of("blink")].hex, bytes, sizeof bytes);
  bytes[0]++; /* one pair more */
  bytes[size++] = 10;
  bytes[size++] = (uint8_t)(0x80 | count);
  for (; count; count--) {
    bytes[size++] = 0x78;
    bytes[size++] = 118;
    memset(bytes + size, 'x', 118);
    size += 118;
  }
  return tars_manifest_decode(bytes, size, rows, sizeof rows, &m);
}

/* A manifest as long as the limit is taken, one byte more is refused. */
static void check_longest(void) {
  CHECK_SAY(decode_long(16) == 0, "1,960 bytes");
  CHECK_SAY(decode_long(17) == -TARS_E_MANIFEST, "2,080 bytes");
}

int main(void) {
  check_verdicts();
  check_kalman();
  check_all();
  check_longest();
  return check_report("manifest");
}
