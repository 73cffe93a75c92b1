/** `tars_guest.h`: the host calls for behaviours written in C. */
import type { HostCall, Scalar } from '../contract/index.js';
import { ENTRY, ERROR_BASE, lifecycle, MEMORY_UNIT, SECTION } from '../contract/index.js';
import { calls, errors } from './contract.js';
import { header, snake, upper } from './text.js';

/** Small types travel as i32; a value outside the contract's type is a fault `range`. */
const guestTypes: Record<Scalar, string> = {
  bool: 'int',
  i8: 'int',
  u8: 'int',
  i16: 'int',
  u16: 'int',
  i32: 'int',
  u32: 'int',
  i64: 'int64_t',
  f32: 'float',
};

function declaration(call: HostCall): string {
  const first = call.kinds.length > 0 ? ['int handle'] : call.timer ? ['int timer'] : [];
  const params =
    [...first, ...call.params.map((param) => `${guestTypes[param.type]} ${param.name}`)].join(', ') || 'void';
  const notes = [
    ...(call.kinds.length > 0 ? [`Handle: ${call.kinds.join(' or ')}.`] : []),
    ...call.params.map(
      (param) => `${param.name}: ${param.type}${param.unit ? ` in ${param.unit}` : ''}, ${param.doc}.`,
    ),
    ...(call.result
      ? [
          `Result: ${call.result.type}${call.result.unit ? ` in ${call.result.unit}` : ''}${
            call.errors.length ? ', or an error ' + `(${call.errors.join(', ')})` : ''
          }.`,
        ]
      : []),
  ];
  return `/* ${call.doc}${notes.length ? ` ${notes.join(' ')}` : ''} */
TARS_CALL("${call.id.toString(36)}") ${call.result ? guestTypes[call.result.type] : 'void'} ${snake(call.name)}(${params});
`;
}

/** What builds a module that boards load: memory that can't grow, and the ends of data and memory exported. */
export const GUEST_FLAGS = [
  '--target=wasm32',
  '-Oz',
  '-nostdlib',
  '-Wl,--no-entry,--strip-all,-z,stack-size=1024',
  '-Wl,--initial-memory=65536,--max-memory=65536',
  '-Wl,--export=__heap_base,--export=__data_end',
];

/** The header. Declarations only: an unused one costs no byte of the module. */
export function guestHeader(): string {
  const used = new Set(calls.flatMap((call) => call.errors));
  const guestErrors = errors.filter((row) => used.has(row.name));
  return header(
    'TARS_GUEST_H',
    `Host calls for behaviours in C. Build with
 *   clang ${GUEST_FLAGS.slice(0, 4).join(' ')}
 *     ${GUEST_FLAGS.slice(4).join(' ')} -o guest.wasm guest.c
 * and add the manifest with \`withManifest\` of the package; \`tars inspect\` names the rule that a board would refuse.
 * The manifest (section "${SECTION}") must declare every call and handle; handles count from 0 in its order.
 * Its bytes of memory are \`__heap_base\`, rounded up to ${MEMORY_UNIT}; a guest without data or stack in memory needs none. */
/* The one export: \`REACT void react(int source, int argument)\`. Source 0 is the lifecycle, 1 and up the manifest's
 * sources, below 0 timer -1 - source.`,
    `#include <stdint.h>

#define TARS_CALL(id) __attribute__((import_module("${SECTION}"), import_name(id)))
#define REACT __attribute__((export_name("${ENTRY}")))

/* Argument of source 0. */
enum { ${Object.entries(lifecycle)
      .map(([name, value]) => `TARS_${upper(name)} = ${value}`)
      .join(', ')} };

/* A result below TARS_ERROR_LIMIT is an error; tars_error() gives its code, 0 if it is none. */
#define TARS_ERROR_LIMIT (${ERROR_BASE})
enum { ${guestErrors.map((row) => `TARS_E_${upper(row.name)} = ${row.code}`).join(', ')} };
static inline int tars_error(int result) { return result < TARS_ERROR_LIMIT ? TARS_ERROR_LIMIT - result : 0; }

${calls.map(declaration).join('')}`,
  );
}
