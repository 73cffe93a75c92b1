/* The dispatch over recording handlers: what is refused and why, what handlers get, what the guest and the trace
 * see. */
#include "check.h"
#include "dump.h"
#include "tars_calls_fake.h"
#include "tars_errors.h"
#include "tars_vectors.h"

#include <string.h>

enum { F32_ONE = 0x3f800000, F32_NAN = 0x7fc00001, F32_INFINITY = 0x7f800000 };

static char line[160];

/* Keeps the last trace line. */
static void keep(const char *text) { snprintf(line, sizeof line, "%s", text); }

/* The manifest with every kind of handle, two timers and every call declared. */
static struct tars_behaviour *guest(void) {
  static uint8_t bytes[512];
  static uint64_t rows[TARS_MANIFEST_ROWS_MAX / 8];
  static uint16_t calls[TARS_LIMIT_CALLS];
  static tars_manifest manifest;
  static struct tars_behaviour b = { &manifest };
  uint32_t i = 0;
  while (strcmp(tars_vectors_manifests[i].name, "all")) i++;
  uint32_t size = unhex(tars_vectors_manifests[i].hex, bytes, sizeof bytes);
  CHECK_SAY(tars_manifest_decode(bytes, size, rows, sizeof rows, &manifest) == 0, "manifest");
  for (uint16_t k = 0; k < tars_call_count; k++) calls[k] = tars_calls[k].id;
  manifest.calls = calls;
  manifest.calls_count = (uint8_t)tars_call_count;
  return &b;
}

/* Handle of a kind in that manifest: kinds from 1 in order. */
static uint64_t handle_of(uint8_t kind) { return kind - 1u; }

/* Makes a call with up to three cells; `result` gets args[0]. */
static int call(struct tars_behaviour *b, uint8_t id, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t *result) {
  uint64_t args[TARS_CALL_CELLS + 1] = { a0, a1, a2 };
  int err = tars_dispatch(b, tars_call_find(id), args);
  CHECK_SAY(tars_fake_depth == 0, "enter and leave of call %u", id);
  *result = args[0];
  return err;
}

/* Table and lookup agree with each other. */
static void check_table(void) {
  for (uint32_t i = 0; i < tars_call_count; i++) {
    const tars_call_row *row = &tars_calls[i];
    CHECK_SAY(i == 0 || tars_calls[i - 1].id < row->id, "order of call %u", row->id);
    CHECK_SAY(tars_call_find(row->id) == row, "id of call %u", row->id);
    CHECK_SAY(tars_call_import(row->field, (uint32_t)strlen(row->field)) == row, "import of call %u", row->id);
    CHECK_SAY(tars_call_bitmap[row->id / 8] >> row->id % 8 & 1, "bit of call %u", row->id);
  }
  static const char *unknown[] = { "", "0", "01", "zz", "zzz", "A", "-", "10000" };
  for (uint32_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
    CHECK_SAY(!tars_call_import(unknown[i], (uint32_t)strlen(unknown[i])), "import %s", unknown[i]);
  }
  CHECK_SAY(!tars_call_find(0) && !tars_call_find(36 * 36), "unknown ids");
}

/* Every call with every handle of the manifest and beyond: the handler runs only for the kinds of the row. */
static void check_handles(struct tars_behaviour *b) {
  uint64_t result;
  for (uint32_t i = 0; i < tars_call_count; i++) {
    const tars_call_row *row = &tars_calls[i];
    if (!row->kinds) continue;
    for (uint32_t handle = 0; handle <= b->manifest->uses_count; handle++) {
      uint32_t before = tars_fake.count;
      int err = call(b, row->id, handle, 0, 0, &result);
      bool fits = handle < b->manifest->uses_count && row->kinds >> b->manifest->uses[handle].kind & 1;
      CHECK_SAY(err == (fits ? 0 : -TARS_E_HANDLE), "call %u with handle %u: %d", row->id, handle, err);
      CHECK_SAY(tars_fake.count == before + fits, "call %u with handle %u", row->id, handle);
      if (fits)
        CHECK_SAY(tars_fake.id == row->id && tars_fake.use == &b->manifest->uses[handle], "call %u with handle %u",
                  row->id, handle);
    }
    CHECK_SAY(call(b, row->id, 0xffffffff, 0, 0, &result) == -TARS_E_HANDLE, "call %u with handle -1", row->id);
  }
  CHECK_SAY(call(b, TARS_CALL_TIMER_CANCEL, 1, 0, 0, &result) == 0 && tars_fake.timer == 1, "timer 1");
  CHECK_SAY(call(b, TARS_CALL_TIMER_CANCEL, 2, 0, 0, &result) == -TARS_E_HANDLE, "timer 2");
}

/* A call that the manifest lacks is denied, whatever its arguments. */
static void check_denied(struct tars_behaviour *b) {
  uint64_t result;
  tars_manifest *manifest = (tars_manifest *)(uintptr_t)b->manifest;
  const uint16_t *calls = manifest->calls;
  uint8_t count = manifest->calls_count;
  for (uint32_t i = 0; i < tars_call_count; i++) {
    static uint16_t others[TARS_LIMIT_CALLS];
    manifest->calls_count = 0;
    for (uint32_t k = 0; k < tars_call_count; k++) {
      if (k != i) others[manifest->calls_count++] = calls[k];
    }
    manifest->calls = others;
    uint32_t before = tars_fake.count;
    CHECK_SAY(call(b, tars_calls[i].id, 0, 0, 0, &result) == -TARS_E_DENIED && tars_fake.count == before, "call %u",
              tars_calls[i].id);
  }
  manifest->calls = calls;
  manifest->calls_count = count;
}

/* An argument outside its type is refused; a bool is 0 or anything else; NaN is refused for outputs only. */
static void check_arguments(struct tars_behaviour *b) {
  uint64_t result, i2c = handle_of(TARS_KIND_I2C), out = handle_of(TARS_KIND_GPIO_OUT),
                   duty = handle_of(TARS_KIND_PWM_DUTY);
  CHECK_SAY(call(b, TARS_CALL_I2C_READ_U8, i2c, 255, 0, &result) == 0 && tars_fake.args[0] == 255, "u8 255");
  CHECK_SAY(call(b, TARS_CALL_I2C_READ_U8, i2c, 256, 0, &result) == -TARS_E_RANGE, "u8 256");
  CHECK_SAY(call(b, TARS_CALL_I2C_READ_U8, i2c, (uint32_t)-1, 0, &result) == -TARS_E_RANGE, "u8 -1");
  CHECK_SAY(call(b, TARS_CALL_I2C_WRITE_U16BE, i2c, 1, 65535, &result) == 0 && tars_fake.args[1] == 65535, "u16 65535");
  CHECK_SAY(call(b, TARS_CALL_I2C_WRITE_U16BE, i2c, 1, 65536, &result) == -TARS_E_RANGE, "u16 65536");
  CHECK_SAY(call(b, TARS_CALL_I2C_WRITE_U16BE, i2c, 256, 1, &result) == -TARS_E_RANGE, "first of two");
  CHECK_SAY(call(b, TARS_CALL_GPIO_WRITE, out, 2, 0, &result) == 0 && tars_fake.args[0] == 1, "bool 2");
  CHECK_SAY(call(b, TARS_CALL_PWM_SET_US, handle_of(TARS_KIND_PWM_PULSE), (uint32_t)-5, 0, &result) == 0 &&
                tars_fake.args[0] == -5,
            "i32 -5");
  CHECK_SAY(call(b, TARS_CALL_TIMER_AFTER, 0, (uint64_t)INT64_MIN, 0, &result) == 0 && tars_fake.args[0] == INT64_MIN,
            "i64");
  CHECK_SAY(call(b, TARS_CALL_PWM_SET_DUTY, duty, F32_ONE, 0, &result) == 0 && tars_fake.args[0] == F32_ONE, "f32 1");
  CHECK_SAY(call(b, TARS_CALL_PWM_SET_DUTY, duty, F32_INFINITY, 0, &result) == 0, "infinity saturates, it is not NaN");
  CHECK_SAY(call(b, TARS_CALL_PWM_SET_DUTY, duty, F32_NAN, 0, &result) == -TARS_E_NAN, "NaN to an output");
  CHECK_SAY(call(b, TARS_CALL_PWM_SET_DUTY, duty, F32_NAN | 0x80000000, 0, &result) == -TARS_E_NAN,
            "-NaN to an output");
  CHECK_SAY(call(b, TARS_CALL_MSG_PUT_F32, F32_NAN, 0, 0, &result) == 0, "NaN in a message");
  CHECK_SAY(call(b, TARS_CALL_PWM_SET_US, 0xdeadbeef00000000 | handle_of(TARS_KIND_PWM_PULSE), 0xdeadbeef00000007, 0,
                 &result) == 0 &&
                tars_fake.args[0] == 7,
            "high bits of a cell mean nothing");
}

/* Widths that no call of the contract has yet. */
static void check_widths(struct tars_behaviour *b) {
  static const struct {
    uint8_t scalar;
    int32_t value;
    int fault;
  } cases[] = {
    { TARS_SCALAR_I8, 127, 0 },
    { TARS_SCALAR_I8, -128, 0 },
    { TARS_SCALAR_I8, 128, -TARS_E_RANGE },
    { TARS_SCALAR_I8, -129, -TARS_E_RANGE },
    { TARS_SCALAR_I16, 32767, 0 },
    { TARS_SCALAR_I16, -32768, 0 },
    { TARS_SCALAR_I16, 32768, -TARS_E_RANGE },
    { TARS_SCALAR_I16, -32769, -TARS_E_RANGE },
    { TARS_SCALAR_U32, -1, 0 },
  };
  for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    tars_call_row row = *tars_call_find(TARS_CALL_MSG_PUT_I32);
    uint64_t args[TARS_CALL_CELLS] = { (uint32_t)cases[i].value };
    row.params[0] = cases[i].scalar;
    CHECK_SAY(tars_dispatch(b, &row, args) == cases[i].fault, "scalar %u of %d", cases[i].scalar, cases[i].value);
  }
}

/* The guest gets values, and errors that its row names; any other error is a fault. */
static void check_results(struct tars_behaviour *b) {
  uint64_t result, i2c = handle_of(TARS_KIND_I2C), out = handle_of(TARS_KIND_GPIO_OUT);
  tars_fake_result = -2;
  CHECK_SAY(call(b, TARS_CALL_I2C_READ_I16BE, i2c, 0, 0, &result) == 0 && (int32_t)result == -2, "i16 -2");
  CHECK_SAY(call(b, TARS_CALL_I2C_READ_U16BE, i2c, 0, 0, &result) == 0 && result == 65534, "u16 65534");
  CHECK_SAY(call(b, TARS_CALL_TIMER_NOW, 0, 0, 0, &result) == 0 && (int64_t)result == -2, "i64 -2");
  tars_fake_result = F32_ONE;
  CHECK_SAY(call(b, TARS_CALL_MSG_GET_F32, 0, 0, 0, &result) == 0 && result == F32_ONE, "f32 1");
  tars_fake_code = -TARS_E_NACK;
  CHECK_SAY(call(b, TARS_CALL_I2C_READ_I16BE, i2c, 0, 0, &result) == 0 &&
                (int32_t)result == TARS_ERROR_BASE - TARS_E_NACK,
            "error of the row");
  CHECK_SAY(call(b, TARS_CALL_GPIO_TOGGLE, out, 0, 0, &result) == -TARS_E_NACK, "no error of the row: a fault");
  tars_fake_code = -TARS_E_MESSAGE;
  CHECK_SAY(call(b, TARS_CALL_I2C_READ_I16BE, i2c, 0, 0, &result) == -TARS_E_MESSAGE, "a code beyond those for guests");
  tars_fake_code = 0;
}

/* The trace shows the id, the arguments as they were passed, and the result, or `!` with the fault. */
static void check_trace(struct tars_behaviour *b) {
  uint64_t result, i2c = handle_of(TARS_KIND_I2C), duty = handle_of(TARS_KIND_PWM_DUTY);
  tars_trace = keep;
  tars_fake_result = 3200;
  call(b, TARS_CALL_I2C_READ_I16BE, i2c, 0, 0, &result);
  CHECK_SAY(!strcmp(line, "C 2 5 0 = 3200"), "%s", line);
  call(b, TARS_CALL_MSG_PUT_F32, 0x41ac0000, 0, 0, &result);
  CHECK_SAY(!strcmp(line, "C 3 41ac0000 = -"), "%s", line);
  call(b, TARS_CALL_PWM_SET_DUTY, duty, F32_NAN, 0, &result);
  CHECK_SAY(!strcmp(line, "C b 3 nan = !99"), "%s", line);
  call(b, TARS_CALL_GPIO_TOGGLE, (uint32_t)INT32_MIN, 0, 0, &result);
  CHECK_SAY(!strcmp(line, "C 1 -2147483648 = !98"), "%s", line);
  call(b, TARS_CALL_TIMER_AFTER, 1, (uint64_t)INT64_MIN, 0, &result);
  CHECK_SAY(!strcmp(line, "C 6 1 -9223372036854775808 = -"), "%s", line);
  tars_fake_result = INT64_MAX;
  call(b, TARS_CALL_TIMER_NOW, 0, 0, 0, &result);
  CHECK_SAY(!strcmp(line, "C o = 9223372036854775807"), "%s", line);
  call(b, TARS_CALL_GPIO_WRITE, 0, 5, 0, &result);
  CHECK_SAY(!strcmp(line, "C 7 0 5 = -"), "arguments as the guest passed them: %s", line);
  tars_fake_code = -TARS_E_TIMEOUT;
  call(b, TARS_CALL_I2C_WRITE_U16BE, i2c, 255, 65535, &result);
  CHECK_SAY(!strcmp(line, "C f 5 255 65535 = -65542"), "%s", line);
  tars_fake_code = 0;
  tars_trace = NULL;
}

int main(void) {
  struct tars_behaviour *b = guest();
  check_table();
  check_handles(b);
  check_denied(b);
  check_arguments(b);
  check_widths(b);
  check_results(b);
  check_trace(b);
  return check_report("dispatch");
}
