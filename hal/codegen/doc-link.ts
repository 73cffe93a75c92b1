/** `docs/link.md`: framing and messages of link and bench. */
import type { LinkRequest, Message } from '../contract/index.js';
import { claims, frame, limits, linkTombstones, statuses } from '../contract/index.js';
import { requests } from './c-commands.js';
import { bench, link } from './contract.js';
import { fieldsTable, pageBanner, SPELLING, typesTable } from './doc-fields.js';
import { freeId, table } from './text.js';

const room = limits.frame.value - frame.header - frame.crc;

const INTRO = `# The link

One protocol between a host and a board, over a serial port, USB, a pseudo-terminal or TCP. The **bench** speaks the same framing
on a channel of its own, to drive what is wired to a simulated board.

## Frames

\`\`\`
00 | COBS( id:1  seq:2  body  crc:4 ) | 00
\`\`\`

- \`id\`: number of the message; bit 7 is set in a response. \`seq\` and \`crc\` are little endian. \`crc\` is the CRC-32 of IEEE 802.3 over
  all before it. Before stuffing a frame has at most ${limits.frame.value} bytes, so a body has at most ${room}.
- COBS leaves no zero inside a frame: a zero on the wire is the edge of one. **Bytes outside frames are the console**: a person with a
  terminal program sees the board's text, and what is typed is no frame.
- A receiver that finds a wrong CRC, a frame cut short or one that is too long counts it as damaged and drops it. The zero that closed
  it may be the zero that opens the next frame, so damage never costs two frames. What is too long to be a frame is the console again
  until the next zero.
- A good frame whose closing zero got lost is closed by the opening zero of the next one, which then is lost; it is repeated as below.

## Bodies

${SPELLING}

A request and an event are an array of their fields in order; a response is \`[code, fields…]\`. Code 0 is success; otherwise it is the
negative of an [error](host-calls.md#errors), and no fields follow.

${typesTable()}
## Sessions

- The host opens a session with \`hello\`. It resets the numbers and the subscriptions of this link; a repeated \`hello\` is known by its nonce.
- One request is under way at a time. Its sequence number is one more than the last one's, from 1 to 65,535 and then 1 again; the first
  of a session is any. The response carries the same id and number.
- **Retry**: the host that gets no response in time sends the same frame again. The board knows a repeated number, does nothing, and sends
  the response that it has stored. So a request is done once, however often the wire loses it or its response.
- Requests may take long (\`install.commit\`): the board answers when it is done, and a repetition meanwhile gets no answer of its own.
- Events come at any time, also between a request and its response. They count their own numbers; a gap says how many were lost because
  the host read too slowly.
- Indexed requests (\`list\`, \`param.list\`, \`topic.list\`) are asked from 0 until the error is \`unknown\`.
`;

function fields(title: string, rows: Message['fields']): string {
  return rows.length > 0 ? `\n${title}\n\n${fieldsTable(rows)}` : `\n${title}: no fields.\n`;
}

function section(message: Message): string {
  const response = message.response ? fields('Response', message.response) : '';
  return (
    `### ${message.name}\n\n${message.kind === 'event' ? 'Event' : 'Request'} ${message.id}. ` +
    `${message.doc}\n${fields('Fields', message.fields)}${response}`
  );
}

/** Who may send a request to a board with an owner. */
function ruleText({ rule, port }: LinkRequest): string {
  const who = typeof rule === 'string' ? rule : `signed, or ${rule.join(', ')}`;
  return port ? `${who}; ${port === 'physical' ? 'physical port' : 'physical port while open'}` : who;
}

/** The rows' columns: rule, signed commands, and who answers. */
const RULES = `## Who may ask for what

A board without an owner takes every request from everybody; a *physical port* is a serial line, USB, or TCP on the board's own loopback.
On a board with an owner the rule decides; what it refuses gets the error \`owned\`, or \`denied\` over a wrong port. *open*: taken
from everybody, because it only reads, or because what it carries is signed itself. *signed*: only inside a signed \`command\`. Else it
must be signed, or the session must have one of these claims:

${table(
  ['claim', 'of a session'],
  claims.map(({ name, doc }) => [name, doc]),
)}
*broker*: a signed \`command\` may carry the request, over the link or [through the broker](fleet.md#commands). *later*: the answer comes
when updates have finished their work, and no other such request is taken meanwhile (\`busy\`).

${table(
  ['request', 'rule', 'broker', 'answer'],
  requests.map((row) => [
    `\`${row.name}\``,
    ruleText(row),
    row.broker ? 'yes' : 'no',
    row.deferred ? 'later' : 'at once',
  ]),
)}`;

function protocol(rows: readonly Message[]): string {
  const overview = table(
    ['id', 'message', 'what it does'],
    rows.map((row) => [String(row.id), `\`${row.name}\`${row.kind === 'event' ? ' (event)' : ''}`, row.doc]),
  );
  return `${overview}\n${rows.map(section).join('\n')}`;
}

/** The text of `docs/link.md`. */
export function linkPage(): string {
  return `${pageBanner()}${INTRO}
${RULES}
## Messages of the link

${protocol(link)}
Next free id of a request: ${freeId(requests, linkTombstones)}.

### Statuses

${table(
  ['status', 'name'],
  statuses.map((name, i) => [String(i), name]),
)}
## Messages of the bench

${protocol(bench)}`;
}
