/** For tests: a board behind a TCP port that answers every request of the link with hostile texts. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { errors, limits, link as rows, type Field } from '../../hal/contract/index.js';
import { CborFloat, encodeBody, encodeFrame, encodeResponse, FrameReceiver, link } from '../../sdk/wire/index.js';

/** Fits every text of the contract. Clears a screen, begins a line of its own, writes from right to left. */
export const HOSTILE = '\x1b[2J\r\nFORGE\u009b\u202e';

const UNKNOWN = -(errors.find(({ name }) => name === 'unknown')?.code ?? 0);
/** What must be right for a host to go on. */
const SENSIBLE: Readonly<Record<string, unknown>> = {
  abi: limits.abi.value,
  owned: false,
  slots: 8,
  calls: new Uint8Array(16).fill(255),
  root: 0,
  schema: `${HOSTILE}:f32 ${HOSTILE}`,
  fields: [new CborFloat(1)],
  status: 1,
  same: false,
};

/** A value for a field; texts are hostile. */
function valueOf({ name, type }: Field): unknown {
  if (name in SENSIBLE) return SENSIBLE[name];
  switch (type) {
    case 'text':
      return HOSTILE;
    case 'bytes':
      return new Uint8Array(8);
    case 'bool':
      return true;
    case 'values':
    case 'u32s':
    case 'u16s':
      return [];
    case 'u8':
    case 'u16':
    case 'u32':
    case 'i32':
    case 'i64':
    case 'f32':
    case 'value':
      return 1;
  }
}

const bodyOf = (fields: readonly Field[]): object =>
  Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));

/** Frames that answer a request: the response, and events where it asks for them. */
function answers(id: number, seq: number, body: Uint8Array): Uint8Array[] {
  const row = rows.find((candidate) => candidate.id === id && candidate.kind === 'request');
  if (!row || !('response' in row)) return [];
  // A list has one row.
  const past = row.fields.some(({ name }) => name === 'index') && body.at(-1) !== 0;
  const response = past
    ? encodeResponse(row, { ok: false, code: UNKNOWN })
    : encodeResponse(row, { ok: true, body: bodyOf(row.response) as never });
  const events = { logs: ['log', 'status'], subscribe: ['message'] } as const;
  const sent = row.name === 'logs' || row.name === 'subscribe' ? events[row.name] : [];
  return [
    encodeFrame({ id, response: true, seq, body: response }),
    ...sent.map((name, index) =>
      encodeFrame({
        id: link[name].id,
        response: false,
        seq: index + 1,
        body: encodeBody(link[name], bodyOf(link[name].fields) as never),
      }),
    ),
  ];
}

/**
 * Starts the board; its port is `tcp:127.0.0.1:PORT`. `silent`: called with the name of each request; true: it is not
 * answered.
 */
export async function hostileBoard(
  silent: (name: string) => boolean = () => false,
): Promise<{ readonly port: string; readonly server: Server }> {
  const server = createServer((socket) => {
    const receiver = new FrameReceiver();
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const received of receiver.push(new Uint8Array(bytes))) {
        if (received.type === 'console' || received.frame.response) continue;
        const { id, seq, body } = received.frame;
        if (silent(rows.find((row) => row.id === id)?.name ?? '')) continue;
        for (const frame of answers(id, seq, body)) socket.write(frame);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: `tcp:127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
