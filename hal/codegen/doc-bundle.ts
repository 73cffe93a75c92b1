/** `docs/updates.md`: bundles, root documents, the order of the checks, refusals. */
import {
  bundle,
  bundleParameters,
  errors,
  formErrors,
  grantBudget,
  grants,
  limits,
  refusals,
  roles,
  root,
  rootRefusals,
  type ErrorName,
  type Refusal,
} from '../contract/index.js';
import { kinds } from './contract.js';
import { pageBanner } from './doc-fields.js';
import { table } from './text.js';

const INTRO = `# Signed updates

What a board takes from others is a **bundle**: an app in a signed envelope. Whom it believes stands in its **root document**. This page
is the specification of both, of the one order in which they are checked, and of what each refusal is called. The format is a closed
profile of the SUIT manifest (draft-ietf-suit-manifest; RFC 9019 and RFC 9124 say what it protects against): any SUIT reader can read a
bundle, and a board matches it against one template and interprets nothing.

The rows of this page come from \`hal/contract/wire\` (bundle, grant, refusals, root); \`ota/host\` packs and verifies, \`ota/device\` verifies on the board, and both
read the same golden vectors, \`hal/vectors/bundle.json\`, with every attack that is named here.

\`\`\`
tars keys new alice
tars keys root robots.root --owner robots.example --member alice --key alice
tars bundle examples/kalman --root robots.root --key alice -o kalman.bundle
tars inspect kalman.bundle
\`\`\`

## Spelling

CBOR (RFC 8949) with one way only to write each value: heads in shortest form, definite lengths, map keys in ascending order of their
bytes, floats (in grants only) in the shorter of f16 and f32 that keeps the value. No tags but those of the templates below.

Form is checked while reading, once, from the first byte to the last, and the first byte that is wrong names the refusal:

`;

const FORM = [
  ['no byte left where an item is expected; an argument or string that is longer than what encloses it', 'truncated'],
  [
    'a length that is indefinite or reserved; a number that would fit a shorter form; a key that is lower than ' +
      'the one before; a text that is not UTF-8',
    'encoding',
  ],
  ['a key that equals the one before', 'duplicate_key'],
  ["another algorithm than the template's", 'algorithm'],
  ['another version of the manifest, another format of a root document', 'version'],
  ["any other type, value, length or key than the template's, or one that is left out", 'profile'],
  ['bytes after the last item, of the whole or of a byte string that holds an item', 'trailing'],
] as const satisfies readonly (readonly [string, (typeof formErrors)[number]])[];

const { algorithms, uri } = bundle;
const ENVELOPE = `
In a map the head of each key is looked at before its value, and a key that comes too late or never is found missing when the next one
comes. Inside the byte strings of grant and delta every fault is \`profile\`.

## The envelope

In CBOR's diagnostic notation; \`<< >>\` is a byte string that holds an item.

\`\`\`
${bundle.tag}({
  ${bundle.envelope.authentication}: << [
    << [${algorithms.sha256}, digest] >>,                        SHA-256 of the manifest with the head of its byte string
    << ${bundle.sign1.tag}([ << {1: ${algorithms.ed25519}, 4: key id} >>, {}, null, signature ]) >>,
    …                                                one for each signer, ascending by key id
  ] >>,
  ${bundle.envelope.manifest}: << manifest >>,
  "${bundle.envelope.payload}": app image                                  left out if the payload is detached
})
\`\`\`

- A **signature** is COSE_Sign1 (RFC 9052) with Ed25519 (${algorithms.ed25519}) over \`["${bundle.sign1.context}", protected header, aad, digest item]\`. A digest is signed,
  never a megabyte. \`aad\` is empty for a bundle and \`${bundle.aad.root}\` for a root document: a signature for one is worth nothing for the other.
- The **key id** is the first ${bundle.kid} bytes of the public key: a hint which key to try, nothing more.
- **Strict Ed25519**: S is below the order of the group (\`malleable\`), R and the key are neither of small order nor spelled non-canonically
  (\`small_order\`), and the equation holds without cofactor (\`bad_signature\`). Host and board give the same verdict on the twelve edge cases of
  \`hal/vectors/ed25519-speccheck.json\`.
- At most ${limits.bundle.value} bytes together. What would be longer has its payload **detached**: fetched by its digest, never longer than the signed size.

## The manifest

\`\`\`
{
  1: 1,                                              version
  2: sequence,                                       epoch * 2^32 + number; number from 1
  3: << {
    2: [[h'00']],                                    one component: the app
    4: << [20, {parameters}, 1, 15, 2, 15] >>        set parameters; then vendor, class; 24, 15 after them with a device
  } >>,
  7: << [3, 15] >>,                                  validate: the app has the digest
  9: << [23, 2] >>,                                  invoke
  20: << [20, {${uri.parameter}: "${uri.integrated}"}, 21, 2, 3, 15] >>          install: fetch, compare; "${uri.detached}" if detached
}
\`\`\`

Parameters, in this order. Labels below -255 are for private use in SUIT's registry; each one states a condition of its own.

`;

const AFTER_PARAMETERS = `
A class id is made from the class's name and a device id from the device's key, so neither needs a registry: SHA-256 over name space and
name, the first 16 bytes, with the marks of a UUID of version 8.

**Overhead** of everything around the app image: examples/kalman with grant, calls, health window and one signature at most 330 bytes for
numbers up to 65,535 (a test counts); each further signature at most 83.

## The grant

A module's manifest is a request. The grant is what its signer allows: made by \`tars bundle\` from what the modules ask for, compared by the
board with what they ask for again. It is \`[${grantBudget.map(({ name }) => name).join(', ')}, [row, …]]\`:

`;

const GRANT_ROWS = `
A row is \`[id of the kind, fields…]\`, with the fields, types and defaults of [the manifest](manifest.md); a trailing field that equals its default
is left out. A use is granted if one row covers it: every field equal, at most, or at least the row's. A rate of 0 is unlimited.

`;

const ROOT = `
## The root document

\`\`\`
${bundle.rootTag}({                                        the letters TARS
  ${bundle.envelope.authentication}: << [ << [${algorithms.sha256}, digest] >>, << signature >>, … ] >>,     as in a bundle
  ${bundle.envelope.body}: << body >>
})
\`\`\`

The body is a map. At most ${limits.root.value} bytes together, ${limits.keys.value} keys.

`;

const ROTATION = `
A root document is replaced only by the next version, signed by enough keys with the role root of the **old and** of the new one. A key
that signs twice never counts twice: a second signature with the same key id is refused. When a key is lost, the next document leaves it
out and raises the epoch, which makes every older bundle worthless and lets numbers start again; \`sequence\` does the same within an epoch. \`tars keys root --after\`
makes it, \`tars fleet root\` brings it to boards at a broker, \`tars provision\` to one at a port.

## Order of the checks

Checks run in this order, on the host and on the board; the first that fails names the refusal. Nothing is written before the last one of
them has passed; bytes of a detached payload go to the receiving area only.

### Of a bundle

`;

const AFTER_CHECKS = `
Rules of the ABI (\`module\` beyond the place of the manifest) and \`conflict\` are checked by the board's core when it loads the modules;
\`tars bundle\` looks at the ABI's rules too, and at conflicts when it builds from sources.

### Of a root document

`;

const DEVICE = `
## On the device

A bundle is collected in RAM and every check that needs no module from elsewhere is made there: a refused one has written nothing. Its
modules go to the store by digest; those that the store has are neither sent nor written. Of a detached payload the announced sizes must make
the signed size before the first byte is taken; when all modules are there, the digest of the whole app image is computed from where they lie
and compared with the signed one, then each module with the grant.

\`received → verified → staged → trial → committed | reverted | rejected | failed\`, each step an event. Staging loads the new app beside
the old one; the record of the trial is written, the core swaps between two reactions, and the commit writes that record and removes the trial's: app, epoch, number
and digest of the manifest are one record and change together. Power may fail at any flash operation: \`ota/sim/power_cuts.c\` tries each.

| who brought it | the trial ends with |
| --- | --- |
| a person at the link | that session's \`install.confirm\`, or a signed one, which \`tars flash\` sends once the health window has passed; after limits.health_ms more of silence the old app comes back, and the bundle may be tried again |
| the broker | its health window: committed if no behaviour trapped, exceeded its budget, was restarted or parked, or skipped more than an eighth of its events, and the broker is reachable. It waits up to 60 s longer for a broker that isn't; then the old app comes back, and the bundle may be tried again, as after too many resets |

A fault, a failed health window or a second failure of the board that is the app's doing brings back the old app with its old state, and the bundle is remembered: it is
\`known_bad\` from then on, whoever brings it (the last ${limits.failed.value} are kept). Once so many have failed, a bundle that passes all checks is tried at most
${limits.trials.value} times in an hour, counted from the last failure or reset; until then it is \`trials\`, which passes by itself. Retained variables of a trial are written only when it is committed.
A parameter that an operator sets during a trial is set in the version that would come back, too, and stored with that one's variables; of a behaviour that the old app
lacks it is stored at the commit.

What a flood from outside can cause proves nothing against an app either. The trial ends with \`unconfirmed\`, the report names the behaviour, the old app is back, and
the bundle is not remembered; no bundle is tried for as long as after a failure (\`trials\`), so at most 8 times in an hour. That holds for:

- more skipped events than an eighth at the end of the window;
- a behaviour of the trial that used up its load in a window of a second, if it reacted in that one or the one before to anything but its own periods
  and timers: to messages, whoever published them, edges, pulses, bytes or parameters. With periods and timers alone it is the app's own fault (\`load\`);
- a behaviour that was \`late\` where the neighbour that ran most belongs to the old app and was taken over as it is, or reacted to such an event in this window or the
  one before. Else the app is at fault (\`late\`).

A reset alone proves nothing against an app. When a board fails, by a fault of the processor, a broken invariant or its watchdog, it leaves evidence in memory that a
reset keeps and loss of power doesn't, if the failing task ran a reaction of the app in trial, swapped to it or loaded one of its modules; the next boot counts that.
The first time the trial goes on from staging; the second time it is over with \`crashed\`. Other resets, such as loss of power, a button, a command, or the failure of
another task under a flood from a broker, are not held against the app: the trial begins again, ten times at most; then the old app comes back, and no
bundle is tried for as long as after a failure (\`trials\`), so at most ${limits.trials.value} times in an hour.

A committed app is started without a trial, but its failures are counted while the board starts it and until it has run through a window as long as that of its
trial. After two in a row, without a whole window between them, the board comes up without the app: its outputs stay safe, \`tars ps\` says \`crashed\`, the operator
gets a \`reverted\` report, and the record stays until another app is committed; the bundle is \`known_bad\`, so the same app comes back under a higher number only.
What the app does later is named in the log and doesn't count, and resets without evidence neither count nor make good. Flash is written only when a failure is
counted and when it is forgotten.

A transfer that is silent for 30 s is dropped; after its first 30 s it must have brought ${limits.rate.value} bytes a second on the whole, or it is \`slow\`.
One session uploads at a time; on a board with an owner an \`upload.begin\` that an operator has signed ends the upload of any other session, which \`tars flash\` sends if
the place is taken and one of its keys may.

A board without an owner takes its first root document, certificate and broker over a physical port only (loopback TCP counts). From then on
what changes something must be signed; reading stays free. Certificate and broker may follow in the session that brought the owner; later the
broker is changed by a signed command, the certificate not at all. \`erase\` needs a physical port too, and leaves a fresh board with another
key.

Every record of the store lies in two logs in different sectors (\`ota/device/store_log.c\`), so no decayed sector costs one. Where both are damaged, the board counts as
owned and refuses everything with \`unreadable\`, except an erase and its owner's \`repair\`: a signed command with the number of the newest
bundle that the board was given, after which it takes no older one. If the root document itself is lost, it first takes the very same one again over a physical port,
which it knows by the digest that it keeps in a record of its own; \`tars repair\` does both. The apps are gone then and are sent again. Where no right copy of that
digest is left either, nothing tells the owner from a stranger: the board stays owned, safe and refusing, and only an erase over a physical port helps. That takes damage
to each of the copies, at least three in each of the logs. \`ota/sim/damage.c\` damages boards by the thousand, and looks for the copies itself to know which ones must come back.
`;

const FILES = `
## Key files

\`tars keys new\` writes JSON, readable by its owner only: name, roles and public key in the open; the secret under the passphrase (scrypt with
n = 32768, r = 8, p = 1; then XSalsa20-Poly1305). Passphrases are typed or come from TARS_PASSPHRASE, never from the command line.
\`tars bundle\` numbers bundles by itself, one more than the last one packed on this machine; where several people release, agree on numbers
and pass --sequence. Two bundles with one number are \`equivocation\` on every board that has the first.

## Refusals

`;

const ruleWords = { equal: 'equal', most: 'at most', least: 'at least', rate: 'at most, 0 is unlimited' } as const;
const checks = (rows: readonly Refusal[]): string =>
  table(
    ['', 'part', 'refusal', 'what must hold'],
    rows.map(({ order, part, error, doc }) => [
      String(order),
      part,
      error === 'profile' ? 'form, `profile`' : `\`${error}\``,
      doc,
    ]),
  );

function refusalsTable(): string {
  const names = new Set<ErrorName>([
    ...formErrors,
    ...refusals.map(({ error }) => error),
    ...rootRefusals.map(({ error }) => error),
  ]);
  return table(
    ['code', 'name', 'what is wrong', 'what helps'],
    errors
      .filter(({ name }) => names.has(name))
      .map(({ code, name, text, cure }) => [String(code), `\`${name}\``, text, cure]),
  );
}

/** The text of `docs/updates.md`. */
export function updatesPage(): string {
  const kindId = (name: string): string => String(kinds.find((kind) => kind.name === name)?.id);
  return [
    pageBanner(),
    INTRO,
    table(
      ['fault', 'refusal'],
      FORM.map(([fault, error]) => [fault, `\`${error}\``]),
    ),
    ENVELOPE,
    table(
      ['label', 'name', 'value', 'meaning'],
      bundleParameters.map(({ label, name, type, max, optional, doc }) => [
        String(label),
        `\`${name}\`${optional ? ', optional' : ''}`,
        type === 'u32' ? 'unsigned integer' : `${type === 'cbor' ? 'item in a byte string' : 'bytes'}, at most ${max}`,
        doc,
      ]),
    ),
    AFTER_PARAMETERS,
    table(
      ['number', 'the most that any module asks for'],
      grantBudget.map(({ name, doc }) => [`\`${name}\``, doc]),
    ),
    GRANT_ROWS,
    table(
      ['id', 'kind', 'fields'],
      grants.map(({ kind, fields }) => [
        kindId(kind),
        `\`${kind}\``,
        fields.map(({ name, rule }) => `${name} (${ruleWords[rule]})`).join(', '),
      ]),
    ),
    ROOT,
    table(
      ['key', 'name', 'type', 'meaning'],
      root.map(({ key, name, type, doc }) => [String(key), `\`${name}\``, type, doc]),
    ),
    '\nRoles are bits of one number, and thresholds stand in their order:\n\n',
    table(
      ['bit', 'role', 'its keys'],
      roles.map(({ name, doc }, i) => [String(2 ** i), `\`${name}\``, doc]),
    ),
    ROTATION,
    checks(refusals),
    AFTER_CHECKS,
    checks(rootRefusals),
    DEVICE,
    FILES,
    refusalsTable(),
  ].join('');
}
