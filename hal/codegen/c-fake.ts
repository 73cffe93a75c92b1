/** `tars_calls_fake.h/.c`: handlers that record what the dispatch passed to them, for its test and its fuzzer. */
import type { HostCall } from '../contract/index.js';
import { handlerParameters } from './c-calls.js';
import { calls } from './contract.js';
import { banner, header, snake, upper } from './text.js';

/** The text of `tars_calls_fake.h`. */
export function fakeHeader(): string {
  return header(
    'TARS_CALLS_FAKE_H',
    'A core for tests: one guest, and handlers that record their call.',
    `#include "tars_calls.h"

/* The guest: its manifest is all that the dispatch asks for. */
struct tars_behaviour {
  const tars_manifest *manifest;
};

/* What a handler got. Floats are recorded as their bits. */
typedef struct {
  uint32_t count; /* handlers called so far */
  uint8_t id;
  const tars_use *use;
  int64_t timer, args[TARS_CALL_CELLS];
} tars_fake_record;

extern tars_fake_record tars_fake;
/* What the next handlers return, and the bits of their result. */
extern int tars_fake_code;
extern int64_t tars_fake_result;
/* Depth of tars_os_call_enter(); handlers expect 1. */
extern int tars_fake_depth;
`,
  );
}

function handler(call: HostCall): string {
  const lines = [
    ...(call.kinds.length > 0 ? ['  tars_fake.use = use;'] : []),
    ...(call.timer ? ['  tars_fake.timer = timer;'] : []),
    ...call.params.map((param, i) =>
      param.type === 'f32'
        ? `  tars_fake.args[${i}] = bits_of(${param.name});`
        : `  tars_fake.args[${i}] = ${param.name};`,
    ),
    ...(call.result
      ? [
          call.result.type === 'f32'
            ? '  *result = float_of(tars_fake_result);'
            : `  *result = (${resultType(call)})tars_fake_result;`,
        ]
      : []),
  ];
  return `/* ${call.name} */
int tars_call_${snake(call.name)}(${handlerParameters(call)}) {
  (void)b;
  record(TARS_CALL_${upper(call.name)});
${lines.map((line) => `${line}\n`).join('')}  return tars_fake_code;
}

`;
}

const resultType = (call: HostCall): string => /(\w+) \*result/.exec(handlerParameters(call))?.[1] ?? 'int';

/** The text of `tars_calls_fake.c`. */
export function fakeSource(): string {
  return `${banner()}#include "tars_calls_fake.h"

#include "tars_os.h" /* tars_os_call_enter, tars_os_call_leave */

#include <stdlib.h> /* abort */
#include <string.h> /* memcpy between a float and its bits */

tars_fake_record tars_fake;
int tars_fake_code, tars_fake_depth;
int64_t tars_fake_result;
void (*tars_trace)(const char *line);

/* Bits of a float. */
static int64_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* A float from its bits. */
static float float_of(int64_t wide) {
  uint32_t bits = (uint32_t)wide;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Notes a call; handlers run between enter and leave only. */
static void record(uint8_t id) {
  if (tars_fake_depth != 1) abort();
  tars_fake = (tars_fake_record){.count = tars_fake.count + 1, .id = id, .timer = -1};
}

/* The guest's manifest. */
const tars_manifest *tars_behaviour_manifest(const struct tars_behaviour *b) {
  return b->manifest;
}

/* Enters a host call. */
void tars_os_call_enter(void) {
  tars_fake_depth++;
}

/* Leaves a host call. */
void tars_os_call_leave(void) {
  tars_fake_depth--;
}

${calls.map(handler).join('').trimEnd()}
`;
}
