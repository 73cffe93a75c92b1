/* The only way from a guest into the firmware: makes every check of a host call, then calls its handler. The table
 * of calls is generated. */
#include "tars_calls.h"

#include "board.h" /* TARS_BOARD_TRACE */
#include "call_trace.h"
#include "tars_errors.h" /* TARS_E_* */
#include "tars_os.h"     /* tars_os_call_enter, tars_os_call_leave */

/* Narrows a cell to the type of its parameter; -range if its value does not fit. */
static int narrow(uint8_t type, uint64_t *cell) {
  uint32_t bits = (uint32_t)*cell;
  int32_t number = (int32_t)bits;
  switch ((tars_scalar)type) {
  case TARS_SCALAR_BOOL: *cell = bits != 0; return 0;
  case TARS_SCALAR_U8: return bits > UINT8_MAX ? -TARS_E_RANGE : 0;
  case TARS_SCALAR_U16: return bits > UINT16_MAX ? -TARS_E_RANGE : 0;
  case TARS_SCALAR_I8: return number < INT8_MIN || number > INT8_MAX ? -TARS_E_RANGE : 0;
  case TARS_SCALAR_I16: return number < INT16_MIN || number > INT16_MAX ? -TARS_E_RANGE : 0;
  case TARS_SCALAR_I32:
  case TARS_SCALAR_U32:
  case TARS_SCALAR_I64:
  case TARS_SCALAR_F32:
  case TARS_SCALAR_NONE: break;
  }
  return 0;
}

/* True if a cell holds an f32 that is NaN. */
static bool is_nan(uint8_t type, uint64_t cell) {
  return type == TARS_SCALAR_F32 && ((uint32_t)cell & 0x7fffffff) > 0x7f800000;
}

/* Narrows all parameters; `args` are the cells after handle or timer. */
static int check_params(const tars_call_row *row, uint64_t *args) {
  for (uint8_t i = 0; i < row->count; i++) {
    int err = narrow(row->params[i], &args[i]);
    if (err) return err;
    if (row->cost == TARS_COST_PIN && is_nan(row->params[i], args[i])) return -TARS_E_NAN;
  }
  return 0;
}

/* Finds the handle or checks the timer id in the first cell. */
static int check_first(const tars_manifest *manifest, const tars_call_row *row, uint64_t *args, const tars_use **use) {
  uint32_t first = (uint32_t)args[0];
  if (row->timer) return first < manifest->timers ? 0 : -TARS_E_HANDLE;
  if (!row->kinds) return 0;
  if (first >= manifest->uses_count) return -TARS_E_HANDLE;
  *use = &manifest->uses[first];
  return row->kinds >> (*use)->kind & 1 ? 0 : -TARS_E_HANDLE;
}

/* Checks and runs a call. The reaction's clock can't abandon it: the caller has called tars_os_call_enter(). */
static int run(struct tars_behaviour *b, const tars_call_row *row, uint64_t *args) {
  const tars_manifest *manifest = tars_behaviour_manifest(b);
  const tars_use *use = NULL;
  if (!tars_manifest_calls(manifest, row->id)) return -TARS_E_DENIED;
  int err = check_first(manifest, row, args, &use);
  if (!err) err = check_params(row, args + (row->kinds || row->timer));
  if (!err) err = row->run(b, use, args);
  if (err < 0 && err > -TARS_GUEST_ERRORS && row->errors >> -err & 1) {
    args[0] = (uint32_t)(TARS_ERROR_BASE + err);
    err = 0;
  }
  return err;
}

int tars_dispatch(struct tars_behaviour *b, const tars_call_row *row, uint64_t *args) {
  tars_os_call_enter();
  tars_call_trace line;
  bool traced = TARS_BOARD_TRACE && tars_trace;
  if (traced) tars_call_trace_begin(&line, row, args);
  int err = run(b, row, args);
  if (traced) tars_call_trace_end(&line, row, err, args[0]);
  tars_os_call_leave();
  return err;
}
