/**
 * `docs/fleet.md`: topics and documents between a board and its owner through a broker, and what each side does with
 * them.
 */
import {
  blobs,
  commandable,
  fleet,
  freshness,
  limits,
  logHead,
  phases,
  roll,
  rollAhead,
  rollStates,
  signed,
  topicRoot,
  topics,
  uploads,
  type ErrorName,
} from '../contract/index.js';
import { fieldsTable, pageBanner, typesTable } from './doc-fields.js';
import { table } from './text.js';

const hex = (tag: number): string =>
  Buffer.from([tag >>> 24, (tag >>> 16) & 255, (tag >>> 8) & 255, tag & 255]).toString('latin1');

const INTRO = `# Boards at a broker

A board with an owner ([updates](updates.md)) keeps one connection to an MQTT broker. Through it come bundles, root documents, beacons and
commands, and go births, presence, reports and replies. **The broker is believed nothing**: whatever changes something is signed by the
owner, whatever a board says is signed by the board. A broker that tampers, replays, withholds or mixes can delay an update; it installs
nothing and moves nothing, and the board reports what it saw.

The agent is part of the firmware (\`firmware/agent\`, files \`fleet*.c\`), over \`firmware/net\` (MQTT, TLS) and \`hal/include/tars_net.h\`, which each
port with a network implements. MQTT 3.1.1 suffices; QoS 2 is never used. The rows of this page come from \`hal/contract/wire/fleet.ts\`.

## Topics

All below \`${topicRoot}\`, where \`{fleet}\` is a name of the owner's without \`/\`, \`+\` and \`#\`, and \`{device}\` the device id in lower-case hex. All are
QoS 1 except data topics, which are QoS 0. A broker with access control lets a device write where \`from\` says device, below its own id only.

`;

const SIGNED = `
## Signed documents

\`\`\`
${signed.tag}({                                 the letters ${hex(signed.tag)}
  2: << [ << [-16, digest] >>, << signature >>, … ] >>,     as in a bundle
  4: << [field, …] >>                              the fields of the row, in order, all of them
})
\`\`\`

The outer form is that of a root document, with its rules of spelling, signatures and digest. The signatures' \`aad\` is \`${signed.aad}\` and the name of
the document: \`${signed.aad}command\`. One document is never taken for another. At most ${limits.signed.value} bytes together.

A device signs with its own key, which never leaves it; its id is made from the key and the owner's vendor id, so a birth proves itself:
who signed it has the id that stands in it. For its other documents the key is that of its birth. Operators sign with keys of the root
document that have the role \`operator\`, as many of them as the document wants.

`;

const CONNECTION = `
## The connection

- Client id: the device id. The session outlives the connection (not clean). Keep-alive 20 s; the board asks after 10 s of silence and gives
  the broker up when another 10 s bring nothing.
- Why the last attempt has failed, and what helps, stands in \`identity\` of the link and \`tars ps\`, and its beginning in the log: codes of
  CONNACK (those of MQTT 5 too), a refused subscription, a broker that hangs up at the session or at its first message, and TLS. A session
  in which nothing was acknowledged for 15 s goes on, but says so.
- After a failure it rests between half and the whole of 1, 2, 4, … 60 s; a connection that lasted 30 s counts as a good one.
- \`mqtts\`: TLS 1.2; the broker's certificate must be signed by the one that the board was given, and name its host. Dates aren't compared:
  a board has no clock that it could trust. The cipher is AES-128-GCM with ECDHE on P-256. Keys are P-256 or RSA up to 4,096 bits, hashes
  SHA-256; the chain from the broker to that certificate fits 4,096 bytes. An address as host counts if the certificate lists it as one.
  Boards have no certificate of their own.
- At each connection the board makes a **new session nonce**, so beacons that answer the last one are worth nothing. Its will is \`presence\` with
  \`online\` false and this nonce; after the first birth it publishes \`presence\` with \`online\` true. A will that comes late counts only if boot
  and nonce are those of the newest birth.
- It subscribes to \`desired\`, \`root\`, \`root/{version}\` of the next version, \`beacon\` and \`cmd\` each time: so retained documents come
  again with every connection, and a board that lost power in the middle of anything starts where its store says. It subscribes to
  \`blob/+/+\` only while it fetches something.
- A **birth** follows whenever one of its facts changes, for faults alone at most once a minute. *On line* means: connected, and the newest birth is acknowledged. That is the way
  back that an unattended trial needs before it commits.
- Reports and replies keep their order and wait until the broker has acknowledged them; after a broken connection they go again, the same
  bytes under the same packet id. 24 reports wait at most, and 8 signed documents: then the oldest refusal makes room, so that a flood
  of forgeries doesn't push out what happened. What waits is lost with the power; the birth says what counts.
- What a broker may cost a board has bounds: ${limits.broker_bytes.value.toLocaleString('en')} bytes, ${limits.broker_messages.value} messages and ${limits.broker_signatures.value} signatures a second, and as many at once;
  signatures are those that are checked, and those that are made for reports and replies. What the board asked for, such as chunks, isn't
  counted. A broker that wants more is slowed down. One that has used its share up for ${limits.flood_ms.value / 1000} s on end and brought nothing useful, which
  is a chunk that was asked for or a document with right signatures, is left: \`tars logs\` and \`tars ps\` say so. The board comes back
  after a rest like that after any failure.
- A message is taken only when the one before is done, so a fast broker is slowed down. One that is longer than ${limits.bundle.value + 256} bytes with its topic is
  dropped and reported: \`refused\`, \`too_long\`.

## Updates

1. The operator publishes the bundle, retained, under \`desired\`. A bundle whose whole is longer than ${limits.bundle.value} bytes is *detached*.
2. The board checks it ([order of the checks](updates.md#order-of-the-checks)); what is refused is reported as \`rejected\` and not looked at again until other bytes, or
   another root document, come.
3. For a detached one it asks, under \`blob/req\`, for the **index** of the app image. The sizes in it must make an image of the signed size.
   Then it asks for the chunks of each module that its store lacks: at most 32 at a time, in order, ${limits.blob_chunk.value} bytes each. Each module must have
   its digest and all together the signed one. Nobody answers: it asks again after 5, 10, … 60 s.
4. All must have come 30 s and one second for each ${limits.rate.value} bytes after the index, or it is \`failed\`, \`slow\`. What failed for a reason that may pass is tried
   again after 2, 4, … 300 s.
5. Then it is staged, tried and committed as [updates](updates.md) say, and each step is reported.

Modules that came whole stay in the store, so after a broken connection or a power cut only the rest is fetched. A bundle that is
delivered twice, or that is committed already, does nothing. An empty message under \`desired\` means nothing: it clears the topic.

**Root documents**: the newest stands under \`root\`, each under \`root/{version}\`, all retained. A board that missed some takes them one after the
other. A newer one than the next is no attack; an older or a foreign one is reported as \`refused\`.

## Commands

A command carries a request of the [link](link.md): ${commandable.map((name) => `\`${name}\``).join(', ')}.

It names a **nonce** that the board gave at most ${limits.nonce_ms.value / 1000} s before, by the clock of the board: a command that is held back on its way is worth nothing
later, and no trusted time is needed. An empty message under \`cmd\` asks for one; each \`reply\` carries one, with command 0 if nothing else was
asked, and over the link \`identity\` does: it is the same nonce, whatever the way. The board makes a new one when the newest is
${limits.nonce_ms.value / 1000 / (limits.nonces.value - 1)} s old and is asked for, and remembers ${limits.nonces.value}, so however often somebody asks, none is forgotten before its time. A reset ends all.

Every command whose signatures are right and whose nonce holds gets a signed \`reply\` with the code of its request; every other one is reported as \`refused\`. It is checked in this
order, and the first failure names the refusal:

`;

const CHECKS: readonly (readonly [string, readonly ErrorName[]])[] = [
  [`at most ${limits.signed.value} bytes`, ['too_long']],
  [
    'form, from the first byte to the last',
    ['truncated', 'encoding', 'duplicate_key', 'algorithm', 'profile', 'trailing'],
  ],
  ['signed, no key twice', ['unsigned', 'duplicate_signer']],
  [
    'by keys of the root document with the role, as many as it wants',
    ['not_owned', 'unknown_key', 'role', 'threshold'],
  ],
  ['each signature', ['malleable', 'small_order', 'bad_signature']],
  ['the digest is that of the body', ['digest']],
  ['the fields', ['invalid']],
  ['for this device', ['wrong_device']],
  ['under a nonce that the board gave, at most limits.nonce_ms ago', ['nonce']],
  ['the counter is above 0 and every one that was taken under this nonce', ['replay']],
];

const AFTER_CHECKS = `
Then it is spent. A request that is no row of the list is answered with \`denied\`, and one with wrong fields with \`invalid\`.

A **beacon** is checked alike; then \`wrong_device\`, \`session\`, \`past\` (signed earlier than what was seen), \`future\` (more than
${limits.time_jump_s.value} s later, unless it is the first), \`expired\`. One that carries the board's
nonce makes its freshness known and moves the board's time; without a nonce it can only say that something newer exists. One that
is repeated, or of the same second as the last one, doesn't make it hold longer.

## Documents

`;

function section(
  row: { readonly name: string; readonly doc: string; readonly fields: Parameters<typeof fieldsTable>[0] },
  by: string,
): string {
  return `### ${row.name}\n\n${by}${row.doc}\n\n${fieldsTable(row.fields)}`;
}

const by = (signer: string): string =>
  signer === 'device' ? 'Signed by the device. ' : `Signed by keys with the role ${signer}. `;

const ROLL = `
## The roll

Anybody can make a key, and a birth under it proves itself. So a fleet has a **roll**: a document like the root document, under the topic \`roll\`,
signed by operators, as many as the root document wants, with the \`aad\` \`${signed.aad}roll\`. It lists the devices that are **enrolled**, by their keys, with the
name and the board class that their operator gave them. Boards take no notice of it. At most ${limits.roll.value} bytes.

A higher version replaces a lower one; of two with one version, which two operators signed at once, the one whose digest is greater counts everywhere.
One that is more than ${rollAhead} ahead of the newest is refused (\`fast_forward\`), so no operator uses up the versions of those after him.
\`tars provision\` enrols a board on the machine where it was in somebody's hands; the next command with operator keys signs that into the roll.
\`tars fleet enrol\`, \`forget\` and \`revoke\` change it, after somebody has compared the key and said yes. A machine keeps the newest roll that it has
accepted, and publishes it again if the broker has lost it.

Who isn't enrolled is shown as unknown and **counts for nothing**: no beacon, no chunk, no place in a wave, no line in the log, and at most
64 are looked at. **What an enrolled device says is data about that device only**: its name and class are those of the roll, numbers of
bundles follow from what the owner has signed, and a device that says something a bundle can't be made for (a higher number, a root document that nobody
signed, another class) is left out of a push and named, and the push goes on for the others. Two different documents with one
\`boot\` and \`counter\` show that two boards have one key.

`;

const LOG = `
## The log

Operators write down what they do to a fleet, with who did it: pushes and their steps, root documents, rolls, commands to one device over the broker or a cable. The
log is a chain of hashes on one machine. After each command with keys its **head** is signed, with the \`aad\` \`${signed.aad}log\`, and kept under \`log/{operator}\`,
where \`{operator}\` is the beginning of the hash of the hash of its first line. \`tars ota history\` compares: a log that was cut, or is another one from some line
on, doesn't have the line that was signed. No head is signed over such a log, until it is put aside and a new one begins. Lines behind the last head, and a broker that keeps an older one, are the bounds of that.

`;

/** The text of `docs/fleet.md`. */
export function fleetPage(): string {
  const words = (rows: readonly { readonly name: string; readonly doc: string }[]): string =>
    table(
      ['number', 'name', 'meaning'],
      rows.map(({ name, doc }, i) => [String(i), `\`${name}\``, doc]),
    );
  return `${pageBanner()}${INTRO}${table(
    ['topic', 'from', 'retained', 'carries'],
    topics.map(({ path, from, retained, carries }) => [`\`${path}\``, from, retained ? 'yes' : 'no', carries]),
  )}${SIGNED}${typesTable()}${CONNECTION}${table(
    ['check', 'refusals'],
    CHECKS.map(([what, names]) => [what, names.map((name) => `\`${name}\``).join(', ')]),
  )}${AFTER_CHECKS}${fleet.map((row) => section(row, by(row.signer))).join('\n')}${ROLL}${table(
    ['key', 'name', 'meaning'],
    roll.map(({ key, name, doc }) => [String(key), `\`${name}\``, doc]),
  )}
States of a device in it: ${rollStates.map(({ name, doc }, i) => `${i} \`${name}\`: ${doc}`).join('; ')}.
${LOG}${table(
    ['key', 'name', 'meaning'],
    logHead.map(({ key, name, doc }) => [String(key), `\`${name}\``, doc]),
  )}
## Blobs

Unsigned on the way: digests are signed, or lead to a signed one. Only the array of the fields, without the envelope.

${blobs.map((row) => section(row, '')).join('\n')}
## Words

Phases of a \`report\`:

${words(phases)}
Freshness in a \`birth\`:

${words(freshness)}
Over the [link](link.md) the same documents come as uploads: ${uploads.map((name) => `\`${name}\``).join(', ')}.
`;
}
