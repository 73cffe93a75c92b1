/* The CBOR reader and writer against hal/vectors/cbor.json, and halves exhaustively. */
#include "check.h"
#include "dump.h"
#include "tars_errors.h"
#include "tars_vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 16, ITEMS = 64 };

static int walk(tars_cbor_reader *in, tars_cbor_writer *copy, dump *out, int depth);

/* Walks `count` items in brackets. */
static int walk_items(tars_cbor_reader *in, tars_cbor_writer *copy, dump *out, int depth, uint32_t count,
                      const char *brackets) {
  char open[] = { brackets[0], 0 }, close[] = { brackets[1], 0 };
  dump_text(out, open);
  for (uint32_t i = 0; i < count; i++) {
    if (i) dump_text(out, " ");
    int err = walk(in, copy, out, depth + 1);
    if (err) return err;
  }
  dump_text(out, close);
  return 0;
}

/* Walks a map; keys must ascend by their bytes. */
static int walk_map(tars_cbor_reader *in, tars_cbor_writer *copy, dump *out, int depth) {
  uint32_t pairs, last = 0, last_size = 0;
  int err = tars_cbor_read_map(in, ITEMS, &pairs);
  if (err) return err;
  tars_cbor_write_map(copy, pairs);
  dump_text(out, "{");
  for (uint32_t i = 0; i < pairs; i++) {
    uint32_t key = in->at;
    if (i) dump_text(out, " ");
    if ((err = walk(in, copy, out, depth + 1))) return err;
    uint32_t size = in->at - key, shared = size < last_size ? size : last_size;
    int order = memcmp(in->bytes + last, in->bytes + key, shared);
    if (i && (order > 0 || (order == 0 && last_size >= size))) return -TARS_E_INVALID;
    last = key;
    last_size = size;
    dump_text(out, " ");
    if ((err = walk(in, copy, out, depth + 1))) return err;
  }
  dump_text(out, "}");
  return 0;
}

/* Reads a number or a bool, prints it, and writes it to the copy. */
static int walk_scalar(tars_cbor_reader *in, tars_cbor_writer *copy, dump *out) {
  tars_value value;
  bool truth;
  tars_cbor_reader before = *in;
  if (tars_cbor_read_bool(in, &truth) == 0) {
    dump_text(out, truth ? "true" : "false");
    tars_cbor_write_bool(copy, truth);
    return 0;
  }
  *in = before;
  int err = tars_cbor_read_value(in, &value);
  if (err) return err;
  if (value.type == TARS_VALUE_FLOAT)
    dump_float(out, value.f);
  else
    dump_int(out, value.i);
  tars_cbor_write_value(copy, value);
  return 0;
}

/* Reads any item, prints it, and writes it to the copy. */
static int walk(tars_cbor_reader *in, tars_cbor_writer *copy, dump *out, int depth) {
  tars_text text;
  tars_bytes bytes;
  uint32_t count;
  int err;
  if (depth > DEPTH || in->at == in->size) return -TARS_E_INVALID;
  switch (in->bytes[in->at] >> 5) {
  case 2:
    if ((err = tars_cbor_read_bytes(in, ITEMS, &bytes))) return err;
    dump_text(out, "#");
    dump_hex(out, bytes.bytes, bytes.size);
    tars_cbor_write_bytes(copy, bytes);
    return 0;
  case 3:
    if ((err = tars_cbor_read_text(in, ITEMS, &text))) return err;
    dump_text(out, "'");
    dump_hex(out, (const uint8_t *)text.text, text.size);
    tars_cbor_write_text(copy, text);
    return 0;
  case 4:
    if ((err = tars_cbor_read_array(in, ITEMS, &count))) return err;
    tars_cbor_write_array(copy, count);
    return walk_items(in, copy, out, depth, count, "[]");
  case 5: return walk_map(in, copy, out, depth);
  default: return walk_scalar(in, copy, out);
  }
}

/* Reads one vector, whose bytes lie in memory of exactly their size, so that a sanitizer sees a read beyond. */
static void check_vector(const char *hex, const char *expected) {
  static dump out;
  uint8_t bytes[64], copied[64];
  uint32_t size = unhex(hex, bytes, sizeof bytes);
  uint8_t *exact = malloc(size ? size : 1);
  memcpy(exact, bytes, size);
  tars_cbor_reader in = { exact, size, 0 };
  tars_cbor_writer copy = { copied, sizeof copied, 0 };
  out.size = 0;
  int err = walk(&in, &copy, &out, 0);
  if (!err) err = tars_cbor_read_end(&in);
  if (!expected) {
    CHECK_SAY(err == -TARS_E_INVALID, "%s was taken as %s", hex, out.text);
  } else {
    CHECK_SAY(err == 0, "%s was refused", hex);
    CHECK_SAY(!strcmp(out.text, expected), "%s: %s instead of %s", hex, out.text, expected);
    CHECK_SAY(tars_cbor_write_end(&copy) == (int)size && !memcmp(copied, bytes, size), "%s is written otherwise", hex);
  }
  free(exact);
}

/* Every half gives itself back, and its value is the one that IEEE 754 says. */
static void check_halves(void) {
  for (uint32_t half = 0; half < 0x10000; half++) {
    uint32_t exponent = half >> 10 & 31, mantissa = half & 1023;
    bool nan = exponent == 31 && mantissa;
    float value = tars_half_to_float((uint16_t)half);
    CHECK_SAY(tars_half_from_float(value) == (nan ? 0x7e00 : (int32_t)half), "half %04x", half);
    if (exponent == 31) continue;
    float expected = exponent ? ldexpf((float)(1024 + mantissa), (int)exponent - 25) : ldexpf((float)mantissa, -24);
    CHECK_SAY(value == (half >> 15 ? -expected : expected), "half %04x", half);
  }
}

/* A writer that runs out of room stores nothing beyond it and says how much was missing. */
static void check_overflow(void) {
  uint8_t bytes[4] = { 0xaa, 0xaa, 0xaa, 0xaa };
  tars_cbor_writer out = { bytes, 3, 0 };
  tars_cbor_write_uint(&out, 256);
  tars_cbor_write_uint(&out, 1);
  CHECK_SAY(tars_cbor_write_end(&out) == -TARS_E_TOO_LONG && out.size == 4, "size %u", out.size);
  CHECK_SAY(bytes[3] == 0xaa, "a byte beyond was written");
}

/* Integers beyond what the caller takes, and wider than 64 bits with sign. */
static void check_ranges(void) {
  static const uint8_t wide[] = { 0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0 }, low[] = { 0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0 },
                       ten[] = { 0x0a }, minus[] = { 0x29 };
  int64_t number;
  uint32_t natural;
  CHECK_SAY(tars_cbor_read_int(&(tars_cbor_reader){ wide, 9, 0 }, INT64_MIN, INT64_MAX, &number) < 0, "2^63");
  CHECK_SAY(tars_cbor_read_int(&(tars_cbor_reader){ low, 9, 0 }, INT64_MIN, INT64_MAX, &number) < 0, "-2^63 - 1");
  CHECK_SAY(tars_cbor_read_uint(&(tars_cbor_reader){ wide, 9, 0 }, UINT32_MAX, &natural) < 0,
            "2^63 of at most 32 bits");
  CHECK_SAY(tars_cbor_read_uint(&(tars_cbor_reader){ ten, 1, 0 }, 9, &natural) < 0, "10 of at most 9");
  CHECK_SAY(tars_cbor_read_uint(&(tars_cbor_reader){ minus, 1, 0 }, 100, &natural) < 0, "-10 without sign");
  CHECK_SAY(tars_cbor_read_int(&(tars_cbor_reader){ minus, 1, 0 }, -10, 0, &number) == 0 && number == -10, "-10");
  CHECK_SAY(tars_cbor_read_int(&(tars_cbor_reader){ minus, 1, 0 }, -9, 0, &number) < 0, "-10 of at least -9");
}

int main(void) {
  for (uint32_t i = 0; i < sizeof tars_vectors_cbor / sizeof tars_vectors_cbor[0]; i++) {
    check_vector(tars_vectors_cbor[i].hex, tars_vectors_cbor[i].dump);
  }
  check_halves();
  check_overflow();
  check_ranges();
  return check_report("cbor");
}
