/** `docs/host-calls.md`: every host call, the errors and the limits. */
import type { HostCall } from '../contract/index.js';
import { ERROR_BASE, groups, GUEST_ERRORS, limits, tombstones } from '../contract/index.js';
import { pageBanner } from './doc-fields.js';
import { calls, errors } from './contract.js';
import { freeId, snake, table } from './text.js';

const INTRO = `# Host calls

A behaviour reaches the world through these calls and nothing else. \`.tars\` programs write methods of what they declare with
\`use\`; behaviours in C include \`firmware/gen/tars_guest.h\`. Both end up as Wasm imports from module \`t\`, named by the call's id
in base 36.

What the board checks before a call runs, in this order:

1. The manifest declares the call, else fault \`denied\`.
2. The handle exists and is of a kind that the call takes, or the timer exists, else fault \`handle\`.
3. Each argument fits its type, else fault \`range\`. In Wasm every type below 32 bits is an i32; a bool is 0 or anything else.
4. No output is given NaN, else fault \`nan\`.

A fault ends the reaction: no code of the behaviour runs any more, its outputs go to their safe state, and the supervisor restarts
it after a while. An *error* is something else: it is a result. A call that can fail returns its value, or ${ERROR_BASE} - code, so a
result below ${ERROR_BASE} is an error. In \`.tars\` the result of such a call must be consumed with \`else\`.

The cost says how long a call may take: \`pure\` touches memory only, \`pin\` a register, \`bus\` has at most
${limits.bus_us.value} µs of wire time, \`flash\` queues a write.
`;

/** The call as a line of C. */
function signature(call: HostCall): string {
  const first = call.kinds.length > 0 ? ['handle'] : call.timer ? ['timer'] : [];
  const params = [
    ...first,
    ...call.params.map((param) => `${param.name}: ${param.type}${param.unit ? ` ${param.unit}` : ''}`),
  ];
  const result = call.result ? ` -> ${call.result.type}${call.result.unit ? ` ${call.result.unit}` : ''}` : '';
  return `${snake(call.name)}(${params.join(', ')})${result}`;
}

function row(call: HostCall): string[] {
  const handle = call.timer ? 'timer' : call.kinds.map((kind) => `\`${kind}\``).join(', ');
  const params = call.params.map((param) => `\`${param.name}\`: ${param.doc}.`);
  return [
    `\`${call.id.toString(36)}\``,
    `\`${signature(call)}\``,
    handle,
    call.method ? `\`.${call.method}()\`` : '',
    call.errors.join(', '),
    call.cost,
    [call.doc, ...params].join(' '),
  ];
}

function group([name, calls]: readonly [string, readonly HostCall[]]): string {
  const heading = ['import', 'call', 'handle', 'in .tars', 'errors', 'cost', 'what it does'];
  return `## ${name}\n\n${table(heading, calls.map(row))}`;
}

/** The text of `docs/host-calls.md`. */
export function callsPage(): string {
  const errorRows = errors.map((error) => [String(error.code), `\`${error.name}\``, error.text, error.cure]);
  const limitRows = Object.entries(limits).map(([name, limit]) => [
    `\`${name}\``,
    limit.value.toLocaleString('en'),
    limit.doc,
  ]);
  return `${pageBanner()}${INTRO}
${Object.entries(groups).map(group).join('\n')}
Next free id: ${freeId(calls, tombstones)} (import \`${freeId(calls, tombstones).toString(36)}\`).

## Errors

Codes below ${GUEST_ERRORS} can be results of a call; the others are reasons why something was refused, or why a behaviour was stopped.

${table(['code', 'name', 'what is wrong', 'what to do'], errorRows)}
## Limits

${table(['limit', 'value', 'of what'], limitRows)}`;
}
