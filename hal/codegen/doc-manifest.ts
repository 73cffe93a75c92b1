/** `docs/manifest.md`: the custom section of a module that says what it needs. */
import {
  ENTRY,
  EXPORTS,
  MEMORY_PAGE,
  MEMORY_UNIT,
  type Kind,
  lifecycle,
  limits,
  manifest,
  paramTypes,
  SECTION,
  stateFields,
  type SourceKind,
} from '../contract/index.js';
import { kinds, sources } from './contract.js';
import { manifestHex, type ManifestVector } from './c-vectors.js';
import { fieldsTable, madeOf, pageBanner, SPELLING, typesTable } from './doc-fields.js';
import { table } from './text.js';

const INTRO = `# The manifest

A behaviour is a WebAssembly module. It imports host calls from module \`${SECTION}\`, exports one function \`${ENTRY}(source: i32, argument: i32)\`
(and at most ${EXPORTS.map((name) => `\`${name}\``).join(', ')}), and has a custom section named \`${SECTION}\`: the manifest. That is the *request*: what the
module wants to use. The board checks it before anything runs, binds each handle to a resource, and refuses a call or a handle that is
not in it.

## Encoding

${SPELLING}

The manifest is a map with the integer keys below, at most ${limits.manifest.value.toLocaleString('en')} bytes. A key whose value equals its default is left out,
and must be. A handle or a source is an array \`[id, fields…]\`; a field at the end that equals its default is left out, and must be.

${typesTable()}
## Keys
`;

const REACTIONS = `## What the entry is called with

\`${ENTRY}(source, argument)\` runs one reaction. Source 0 is the lifecycle, with argument ${Object.entries(lifecycle)
  .map(([name, value]) => `${value} ${name}`)
  .join(', ')}; stop comes
only if \`finish\` is set. Source n from 1 on is row n - 1 of \`sources\`. Source -1 - id is the expiry of one-shot timer \`id\`.

## Rules beyond the encoding

A board refuses a manifest (error \`manifest\`) unless:

- \`calls\` ascends; the hashes in \`state\` differ
- every key is inside the limits of the table above, and \`bounds\` has two numbers for stack and memory and two for source 0, each source and each timer
- the bytes of memory in \`bounds\` are a multiple of ${MEMORY_UNIT} and at most the module's pages of ${MEMORY_PAGE.toLocaleString('en')} bytes; they are 0 exactly if the module has none. An instance gets these bytes, whatever the module declares, and an access behind them traps. Data outside of them is refused as \`module\`
- every field of a handle, a source or a variable holds what its table below says, beside being of its type; a NaN is in no range

Another ABI version is refused with \`abi\`; a call that the board lacks with \`missing_call\`, a number below what the board allows with
[\`floor\`](#load), a resource that it lacks or that is of another type with \`unknown\`, two claims to one output or address with \`conflict\`.
`;

const LOAD = `## Load

The load is the share of the processor's time that a behaviour may take, in permille of each window of
${limits.load_window_ms.value / 1000} s. What counts is the worker's processor time in the behaviour: neither tasks above the worker nor a driver that
sleeps until its bus is done. A behaviour that has used up its load is \`throttled\`: until the window ends no
reaction of it runs, its periodic events are dropped and counted, and others wait, as many as its queue holds. In a trial
that is a fault of the app.

A manifest without \`load\` has a load of ${limits.load.value}, because nothing says how often an edge, a message or a timer comes. If
all sources of the behaviour are \`every\` and it has no timers, the load is ${limits.load_margin.value} times what it needs, at least ${limits.load_least.value} and at
most ${limits.load_whole.value}. It needs \`cost / period\` for each source; the cost of a reaction is \`eventNs + instructions * instructionNs +
calls * callNs\` with the numbers of the \`bounds\` and of the board file's \`speed\`, or \`reactionUs\` of the board file
where the bounds don't know the instructions. Each source counts with
\`${limits.load_margin.value} * cost / period\`, in nanoseconds and microseconds and so in permille, rounded up to a whole number.

An event of a behaviour that its neighbours have kept waiting for longer than the behaviour's \`deadline\` is a fault of
the app: a trial reverts, later it is counted and reported as \`late\`, once in each window at most. What counts is the
processor time of the neighbours while the event waited. Without \`deadline\` that is ${limits.deadline_periods.value} of the shortest
period among its \`every\` sources; a behaviour that has none has no deadline.

A board file's \`floors\` say what a board takes at least: a period, a deadline of a behaviour or of a source, or the
silence of a subscription of less than \`periodUs\`, or a restart after less than \`restartMs\`, is refused with \`floor\`.

`;

/** Types of the keys that are no field types. */
const keyTypes: Readonly<Record<string, string>> = {
  texts: `texts of at most ${limits.log_text.value} bytes`,
  kinds: '[handles](#handles)',
  sources: '[sources](#event-sources)',
  states: '[variables](#state)',
};

function keys(): string {
  return table(
    ['key', 'name', 'type', 'default', 'meaning'],
    manifest.map((key) => [
      String(key.key),
      `\`${key.name}\``,
      (keyTypes[key.type] ?? key.type) +
        ('max' in key ? `, at most ${key.max}${key.type === 'text' ? ' bytes' : ''}` : ''),
      'default' in key
        ? Array.isArray(key.default)
          ? key.default.length > 0
            ? `[${key.default.join(', ')}]`
            : 'none'
          : String(key.default)
        : 'required',
      'form' in key ? `${key.doc}, ${madeOf(key.form)}` : key.doc,
    ]),
  );
}

/** Who may have a handle of this kind. */
function claim(kind: Kind): string {
  if (kind.fields[0]?.drives) return 'One behaviour of an app may claim it.';
  return kind.exclusive ? 'One behaviour of an app may claim an address.' : 'May be shared.';
}

function handles(): string {
  return kinds
    .map((kind) => `### ${kind.name}\n\nId ${kind.id}. ${kind.doc} ${claim(kind)}\n\n${fieldsTable(kind.fields)}`)
    .join('\n');
}

/** What the second argument of the entry is. */
function argument({ argument: said }: SourceKind): string {
  return said ? ` Argument: ${said.doc}${said.unit === undefined ? '' : `, ${said.unit}`}.` : '';
}

function example(vectors: readonly ManifestVector[], name: string): string {
  const vector = vectors.find((one) => 'name' in one && one.name === name);
  if (!vector || !('bytes' in vector)) throw new Error(`no manifest ${name}`);
  const width = Math.max(...vector.bytes.map(([hex]) => hex.length));
  const lines = vector.bytes.map(([hex, note]) => `${hex.padEnd(width)}  ${note}`);
  return (
    `\`\`\`\n${lines.join('\n')}\n\`\`\`\n\n${manifestHex(vector, vectors).length / 2} bytes; with the ` +
    `header of the section 4 more.\n`
  );
}

/** The text of `docs/manifest.md`. */
export function manifestPage(vectors: readonly ManifestVector[]): string {
  return `${pageBanner()}${INTRO}
${keys()}
${REACTIONS}
## Handles

Handles count from 0 in the order of \`uses\`, one numbering for all kinds. Parameter types: ${paramTypes.map((name, i) => `${i} ${name}`).join(', ')}.

${handles()}
## Event sources

${sources.map((source) => `### ${source.name}\n\nId ${source.id}: ${source.doc}.${argument(source)}\n\n${fieldsTable(source.fields)}`).join('\n')}
## State

Rows have no id.

${fieldsTable(stateFields)}
${LOAD}## Two examples

A blinking light:

${example(vectors, 'blink')}
A Kalman filter with two parameters, a topic and five variables that survive a swap, one of them also a reboot:

${example(vectors, 'kalman')}`;
}
