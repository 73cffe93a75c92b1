/**
 * `tars_calls.h`, `tars_dispatch.c` and `board_<board>_calls.c`: the handlers that the core implements, the thunks to
 * them, and for each board the table of the host calls that it has.
 */
import { groups, GUEST_ERRORS, type HostCall, type Scalar } from '../contract/index.js';
import { calls, contractDigest, errors } from './contract.js';
import { type FirmwareBoard, boardBanner } from './c-board.js';
import { banner, byteList, header, snake, upper } from './text.js';

/** Scalars of the contract as types of C. */
const scalars: Record<Scalar, string> = {
  bool: 'bool',
  i8: 'int8_t',
  u8: 'uint8_t',
  i16: 'int16_t',
  u16: 'uint16_t',
  i32: 'int32_t',
  u32: 'uint32_t',
  i64: 'int64_t',
  f32: 'float',
};

const scalarOrder = Object.keys(scalars) as Scalar[];

/** Whether the first argument is a handle. */
const handled = (call: HostCall): boolean => call.kinds.length > 0;

/** Stops the generator where columns of a row contradict each other, or the board could not return what they say. */
export function verifyCall(call: HostCall): void {
  const wrong = (why: string): never => {
    throw new Error(`${call.name}: ${why}`);
  };
  for (const name of call.errors) {
    const code = errors.find((error) => error.name === name)?.code;
    if (code === undefined || code >= GUEST_ERRORS)
      wrong(`a call can return errors with codes below ${GUEST_ERRORS}, and ${name} is none`);
  }
  if (call.errors.length > 0 && !narrow.has(call.result?.type))
    wrong('a call that can fail has a result of at most 16 bits: an error is a value beside all of them');
}

/** Types of at most 16 bits. */
const narrow: ReadonlySet<Scalar | undefined> = new Set(['bool', 'i8', 'u8', 'i16', 'u16']);

/** Parameters of a call's handler in C. */
export function handlerParameters(call: HostCall): string {
  return [
    'struct tars_behaviour *b',
    ...(handled(call) ? ['const tars_use *use'] : []),
    ...(call.timer ? ['uint8_t timer'] : []),
    ...call.params.map((param) => `${scalars[param.type]} ${param.name}`),
    ...(call.result ? [`${scalars[call.result.type]} *result`] : []),
  ].join(', ');
}

function prototype(call: HostCall): string {
  const range = [
    ...call.params.flatMap((param) => (param.unit ? [`${param.name} in ${param.unit}`] : [])),
    ...(call.result?.unit ? [`result in ${call.result.unit}`] : []),
  ].join(', ');
  const fails = call.errors.length ? ` Errors for the guest: ${call.errors.join(', ')}.` : '';
  return (
    `/* ${call.doc}${range ? ` (${range})` : ''}${fails} */\nint ` +
    `tars_call_${snake(call.name)}(${handlerParameters(call)});\n`
  );
}

/** What the generated sources provide. */
function tablesHeader(): string {
  return `/* ---- what firmware/gen/board_<board>_calls.c provides: the calls of the groups that the board file names ---- */

/* By id, ascending. */
extern const tars_call_row tars_calls[];
extern const uint16_t tars_call_count;
/* Row of each id in tars_calls; -1: the board has no such call. */
extern const int8_t tars_call_index[TARS_CALL_IDS];
/* Bit id % 8 of byte id / 8: implemented. Sent in \`hello\`. */
extern const uint8_t tars_call_bitmap[TARS_CALL_BITMAP];

/* ---- what firmware/gen/tars_dispatch.c provides ---- */

/* Digest of the contract, sent in \`hello\`. */
extern const uint8_t tars_contract_digest[8];
/* From raw cells to the handlers. What no table of calls refers to is left out of the image, with its handler. */
typedef int tars_call_thunk(struct tars_behaviour *b, const tars_use *use, uint64_t *args);
tars_call_thunk ${calls.map((call) => `tars_run_${snake(call.name)}`).join(',\n  ')};

`;
}

/** The text of `tars_calls.h`. */
export function callsHeader(): string {
  calls.forEach(verifyCall);
  const ids = calls.map((call) => `  TARS_CALL_${upper(call.name)} = ${call.id},\n`).join('');
  return header(
    'TARS_CALLS_H',
    'Host calls: ids, table, dispatch, and the handlers that the core implements.',
    `#include "tars_manifest.h" /* tars_use, tars_manifest */
#include "tars_place.h"

struct tars_behaviour;

enum {
${ids}};

typedef enum { TARS_COST_PURE, TARS_COST_PIN, TARS_COST_BUS, TARS_COST_FLASH } tars_cost;
typedef enum { ${scalarOrder.map((name) => `TARS_SCALAR_${upper(name)}`).join(', ')}, TARS_SCALAR_NONE } tars_scalar;

/* Most parameters of a call, and most raw cells: handle or timer come before them. */
#define TARS_CALL_PARAMS ${Math.max(...calls.map((call) => call.params.length))}
#define TARS_CALL_CELLS ${Math.max(...calls.map((call) => call.params.length + (handled(call) || call.timer ? 1 : 0)), 1)}
/* Bytes of tars_call_bitmap, and one more than the largest id. */
#define TARS_CALL_BITMAP ${bitmap(calls).length}
#define TARS_CALL_IDS ${IDS}

/* One host call. Cells are uint64_t whose low bits hold an i32, i64 or the bits of an f32, first argument first. */
typedef struct {
  int (*run)(struct tars_behaviour *b, const tars_use *use, uint64_t *args); /* after all checks */
  uint32_t kinds;  /* bit k: a handle of kind k may be passed first; 0: no handle */
  uint16_t errors; /* bit e: the guest gets error e as a result */
  uint8_t id;
  char field[3];   /* import name: the id in base 36; the import module is "t" */
  bool timer;      /* the first argument is a timer id */
  uint8_t cost;    /* tars_cost */
  uint8_t count;   /* parameters after handle or timer */
  uint8_t params[TARS_CALL_PARAMS]; /* their tars_scalar */
  uint8_t result;  /* tars_scalar */
} tars_call_row;

${tablesHeader()}/* Row of an id, or of an import name (not zero-terminated); NULL if there is none. */
const tars_call_row *tars_call_find(uint32_t id);
const tars_call_row *tars_call_import(const char *field, uint32_t size);

/* Runs one host call of the guest \`b\`. Checks, in this order: the manifest declares the call (-denied); its handle exists
 * and is of a kind that the call takes, or its timer exists (-handle); each argument fits its type (-range); no output gets
 * NaN (-nan). Then the handler runs between tars_os_call_enter() and tars_os_call_leave(), and the result is in args[0].
 * Returns 0, or a negative fault: the engine then raises a trap. Writes a line to tars_trace if that is set. */
TARS_PLACE int tars_dispatch(struct tars_behaviour *b, const tars_call_row *row, uint64_t *args);

/* ---- what the core provides ---- */

/* The decoded manifest; \`uses\` of it are what handlers get as \`use\` (handle = use - manifest->uses). */
const tars_manifest *tars_behaviour_manifest(const struct tars_behaviour *b);

/* Handlers: 0, or a negative code. A code among the guest's errors reaches the guest as TARS_ERROR_BASE - code, any other
 * one is a fault of the guest. \`*result\` is 0 before and counts only if the handler returns 0. */
${calls.map(prototype).join('')}`,
  );
}

/** One more than the largest id. */
const IDS = Math.max(...calls.map((call) => call.id)) + 1;

function bitmap(had: readonly HostCall[]): Uint8Array {
  const bytes = new Uint8Array(Math.floor((IDS - 1) / 8) + 1);
  for (const call of had) bytes[call.id >> 3] = (bytes[call.id >> 3] ?? 0) | (1 << (call.id & 7));
  return bytes;
}

/** C expression of parameter \`index\`, read from its cell. */
function cell(type: Scalar, index: number): string {
  return type === 'f32' ? `float_of(args[${index}])` : `(${scalars[type]})args[${index}]`;
}

/** C expression of the cell that holds \`result\`. */
function resultCell(type: Scalar): string {
  if (type === 'f32') return 'cell_of(result)';
  return type === 'i64' ? '(uint64_t)result' : '(uint32_t)(int32_t)result';
}

function thunk(call: HostCall): string {
  const first = handled(call) || call.timer ? 1 : 0;
  const passed = [
    'b',
    ...(handled(call) ? ['use'] : []),
    ...(call.timer ? ['(uint8_t)args[0]'] : []),
    ...call.params.map((param, i) => cell(param.type, i + first)),
    ...(call.result ? ['&result'] : []),
  ];
  const unused = [
    ...(handled(call) ? [] : ['(void)use;']),
    ...(call.timer || call.params.length || call.result ? [] : ['(void)args;']),
  ];
  const invoke = `tars_call_${snake(call.name)}(${passed.join(', ')})`;
  const body = call.result
    ? `  ${scalars[call.result.type]} result = 0;\n  int code = ${invoke};\n  args[0] = ` +
      `${resultCell(call.result.type)};\n  return code;\n`
    : `  return ${invoke};\n`;
  return `/* ${call.name} */
int tars_run_${snake(call.name)}(struct tars_behaviour *b, const tars_use *use, uint64_t *args) {
${unused.length ? `  ${unused.join(' ')}\n` : ''}${body}}

`;
}

function row(call: HostCall): string {
  const params = call.params.map((param) => `TARS_SCALAR_${upper(param.type)}`).join(', ');
  const kindMask = call.kinds.map((kind) => `1u << TARS_KIND_${upper(kind)}`).join(' | ') || '0';
  const errorMask = call.errors.map((name) => `1u << TARS_E_${upper(name)}`).join(' | ') || '0';
  return `  {tars_run_${snake(call.name)}, ${kindMask}, ${errorMask},
   TARS_CALL_${upper(call.name)}, "${call.id.toString(36)}", ${call.timer ?? false}, TARS_COST_${upper(call.cost)}, ${call.params.length}, {${params || 0}}, ${call.result ? `TARS_SCALAR_${upper(call.result.type)}` : 'TARS_SCALAR_NONE'}},
`;
}

/** The host calls of a board, by id. */
export function callsOf(board: FirmwareBoard): readonly HostCall[] {
  return calls.filter((call) => board.calls.some((group) => groups[group].some(({ id }) => id === call.id)));
}

/** The table of a board. */
export function boardCallsSource(board: FirmwareBoard): string {
  const had = callsOf(board);
  const index = Array.from({ length: IDS }, (_, id) => had.findIndex((call) => call.id === id));
  return `${boardBanner(board)}#include "tars_calls.h"

#include "tars_errors.h" /* TARS_E_* */

/* Groups: ${board.calls.join(', ')}. */
const tars_call_row tars_calls[] = {
${had.map(row).join('')}};
const uint16_t tars_call_count = ${had.length};
const int8_t tars_call_index[TARS_CALL_IDS] = {${index.join(', ')}};
const uint8_t tars_call_bitmap[TARS_CALL_BITMAP] = {${byteList(bitmap(had))}};
`;
}

/** The text of `tars_dispatch.c`. */
export function dispatchSource(): string {
  return `${banner()}#include "tars_calls.h"

#include <string.h> /* memcpy between a float and its cell */

/* The float in a raw cell. */
static float float_of(uint64_t cell) {
  uint32_t bits = (uint32_t)cell;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* The raw cell of a float. */
static uint64_t cell_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

${calls.map(thunk).join('')}const uint8_t tars_contract_digest[8] = {${byteList(contractDigest())}};

/* Row of an id. */
const tars_call_row *tars_call_find(uint32_t id) {
  return id < TARS_CALL_IDS && tars_call_index[id] >= 0 ? &tars_calls[tars_call_index[id]] : NULL;
}

/* Row of an import name: one or two digits in base 36 without a leading zero. */
const tars_call_row *tars_call_import(const char *field, uint32_t size) {
  uint32_t id = 0;
  if (size == 0 || size > 2 || field[0] == '0') return NULL;
  for (uint32_t i = 0; i < size; i++) {
    char c = field[i];
    if (c >= '0' && c <= '9') id = id * 36 + (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'z') id = id * 36 + (uint32_t)(c - 'a') + 10;
    else return NULL;
  }
  return tars_call_find(id);
}
`;
}
