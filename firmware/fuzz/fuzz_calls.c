/* Fuzzer of host calls over recording handlers. The manifest has every kind of handle (hal/vectors/manifests.json,
 * "all"). Input: 4 bytes, bit i: call i is declared; then calls of 26 bytes: index of the call, code that the handler
 * returns, 8 bytes of result, 2 cells of 8 bytes. What the dispatch must do is said again here, in other words, and
 * compared. */
#include "fuzz.h"
#include "mutate.h"
#include "tars_calls_fake.h"
#include "tars_errors.h"
#include "tars_vectors.h"

enum { MASK_BYTES = 4, CALL_BYTES = 26, TRACE_MAX = 127 };

static char trace_line[TRACE_MAX + 1];

/* Keeps the trace line; it must have a bound and an outcome. */
static void keep(const char *line) {
  size_t size = strlen(line);
  FUZZ_ASSERT(size <= TRACE_MAX && line[0] == 'C' && strstr(line, " = "));
  memcpy(trace_line, line, size + 1);
}

/* Whether the value of a cell is inside its type. */
static bool fits(uint8_t scalar, uint64_t cell) {
  int64_t number = (int32_t)(uint32_t)cell;
  switch (scalar) {
  case TARS_SCALAR_U8: return number >= 0 && number <= 255;
  case TARS_SCALAR_U16: return number >= 0 && number <= 65535;
  case TARS_SCALAR_I8: return number >= -128 && number <= 127;
  case TARS_SCALAR_I16: return number >= -32768 && number <= 32767;
  default: return true;
  }
}

/* Whether a cell is NaN where that is a fault. */
static bool is_bad_float(const tars_call_row *row, uint8_t scalar, uint64_t cell) {
  uint32_t bits = (uint32_t)cell;
  float value;
  memcpy(&value, &bits, sizeof value);
  return scalar == TARS_SCALAR_F32 && row->cost == TARS_COST_PIN && value != value;
}

/* The fault that the arguments must cause, 0 if none. */
static int expected_fault(const tars_manifest *m, const tars_call_row *row, const uint64_t *args) {
  bool declared = false;
  uint32_t first = (uint32_t)args[0], skip = row->kinds || row->timer;
  for (uint32_t i = 0; i < m->calls_count; i++) declared |= m->calls[i] == row->id;
  if (!declared) return -TARS_E_DENIED;
  if (row->kinds && (first >= m->uses_count || !(row->kinds & 1u << m->uses[first].kind))) return -TARS_E_HANDLE;
  if (row->timer && first >= m->timers) return -TARS_E_HANDLE;
  for (uint32_t i = 0; i < row->count; i++) {
    if (!fits(row->params[i], args[i + skip])) return -TARS_E_RANGE;
    if (is_bad_float(row, row->params[i], args[i + skip])) return -TARS_E_NAN;
  }
  return 0;
}

/* Asserts that the handler recorded what the guest passed, narrowed to the types of the row. */
static void check_record(const tars_manifest *m, const tars_call_row *row, const uint64_t *args) {
  uint32_t skip = row->kinds || row->timer;
  FUZZ_ASSERT(tars_fake.id == row->id);
  if (row->kinds) FUZZ_ASSERT(tars_fake.use == &m->uses[(uint32_t)args[0]]);
  if (row->timer) FUZZ_ASSERT(tars_fake.timer == (int64_t)(uint32_t)args[0]);
  for (uint32_t i = 0; i < row->count; i++) {
    uint64_t cell = args[i + skip];
    int64_t passed = tars_fake.args[i];
    if (row->params[i] == TARS_SCALAR_BOOL)
      FUZZ_ASSERT(passed == ((uint32_t)cell != 0));
    else if (row->params[i] == TARS_SCALAR_I64)
      FUZZ_ASSERT(passed == (int64_t)cell);
    else
      FUZZ_ASSERT((uint32_t)passed == (uint32_t)cell);
  }
}

#ifdef TARS_CANARY
/* The planted bug: a device has 128 registers, and the call that writes them takes a register of 8 bits. */
static void canary(const tars_call_row *row, const uint64_t *args, int err) {
  if (row->id != TARS_CALL_SPI_WRITE_U8 || err) return;
  uint8_t *registers = malloc(128);
  registers[(uint32_t)args[1]] = 1;
  free(registers);
}
#else
/* No planted bug. */
static void canary(const tars_call_row *row, const uint64_t *args, int err) {
  (void)row;
  (void)args;
  (void)err;
}
#endif

/* Makes one call and compares outcome, result and record with what they must be. */
static void try_call(struct tars_behaviour *b, const uint8_t *input) {
  const tars_call_row *row = &tars_calls[input[0] % tars_call_count];
  uint64_t args[TARS_CALL_CELLS + 1] = { 0 }, passed[TARS_CALL_CELLS + 1];
  tars_fake_code = -(input[1] & 127);
  memcpy(&tars_fake_result, input + 2, 8);
  memcpy(args, input + 10, 16);
  args[2] = args[1] >> 32; /* the third cell of every call is a small integer */
  memcpy(passed, args, sizeof args);
  uint32_t before = tars_fake.count;
  int expected = expected_fault(b->manifest, row, args);
  bool runs = expected == 0, failed = tars_fake_code && tars_fake_code > -16 && row->errors >> -tars_fake_code & 1;
  if (runs && !failed) expected = tars_fake_code;
  int err = tars_dispatch(b, row, args);
  FUZZ_ASSERT(err == expected && tars_fake.count == before + runs && tars_fake_depth == 0);
  if (runs) check_record(b->manifest, row, passed);
  if (runs && failed) FUZZ_ASSERT((int32_t)(uint32_t)args[0] == TARS_ERROR_BASE + tars_fake_code);
  if (runs && !err && !failed && row->result == TARS_SCALAR_U8) FUZZ_ASSERT(args[0] == (uint8_t)tars_fake_result);
  if (runs && !err && !failed && row->result == TARS_SCALAR_I16)
    FUZZ_ASSERT((int32_t)(uint32_t)args[0] == (int16_t)tars_fake_result);
  FUZZ_ASSERT((err != 0) == (strstr(trace_line, " = !") != NULL));
  canary(row, passed, err);
}

/* The manifest with every kind of handle, decoded once. */
static const tars_manifest *whole_manifest(void) {
  static uint8_t bytes[512];
  static uint64_t rows[TARS_MANIFEST_ROWS_MAX / 8];
  static tars_manifest manifest;
  uint32_t i = 0, size = 0;
  if (manifest.uses_count) return &manifest;
  while (strcmp(tars_vectors_manifests[i].name, "all")) i++;
  for (const char *hex = tars_vectors_manifests[i].hex; *hex; hex += 2) {
    char pair[3] = { hex[0], hex[1], 0 };
    bytes[size++] = (uint8_t)strtoul(pair, NULL, 16);
  }
  FUZZ_ASSERT(tars_manifest_decode(bytes, size, rows, sizeof rows, &manifest) == 0);
  return &manifest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint16_t declared[TARS_LIMIT_CALLS];
  tars_manifest manifest = *whole_manifest();
  struct tars_behaviour b = { &manifest };
  if (size < MASK_BYTES) return 0;
  manifest.calls = declared;
  manifest.calls_count = 0;
  for (uint32_t i = 0; i < tars_call_count; i++) {
    if (data[i / 8 % MASK_BYTES] >> i % 8 & 1) declared[manifest.calls_count++] = tars_calls[i].id;
  }
  tars_trace = keep;
  for (size_t at = MASK_BYTES; at + CALL_BYTES <= size; at += CALL_BYTES) try_call(&b, data + at);
  return 0;
}

/* Half of the time, gives one number of one call a value of interest. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned int seed) {
  static const uint32_t interesting[] = { 0,          1,          2,          5,          11,        12,    127,
                                          128,        255,        256,        0x7fff,     0x8000,    65535, 65536,
                                          0x7fffffff, 0x80000000, 0xffffffff, 0x7f800001, 0x3f800000 };
  static const uint8_t places[] = { 2, 6, 10, 18, 22 }; /* result, its high half, the three cells */
  uint32_t random = seed | 1, calls = size < MASK_BYTES ? 0 : (uint32_t)(size - MASK_BYTES) / CALL_BYTES;
  if (calls == 0 || mutate_random(&random) % 2) return LLVMFuzzerMutate(data, size, capacity);
  uint8_t *call = data + MASK_BYTES + mutate_random(&random) % calls * CALL_BYTES;
  uint32_t value = mutate_random(&random) % 2
                       ? interesting[mutate_random(&random) % (sizeof interesting / sizeof interesting[0])]
                       : mutate_random(&random) % 16;
  memcpy(call + places[mutate_random(&random) % sizeof places], &value, sizeof value);
  return size;
}
