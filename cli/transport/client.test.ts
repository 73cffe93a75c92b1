import { describe, expect, it } from 'vitest';
import {
  CborFloat,
  decodeBody,
  encodeBody,
  encodeFrame,
  encodeResponse,
  FrameReceiver,
  link,
  type Frame,
} from '../../sdk/wire/index.js';
import { limits, type Message } from '../../hal/contract/index.js';
import { fakePair } from './fake.js';
import { NOISE_BYTES } from './client.js';
import { LinkClient } from './link.js';
import { EARLY_BYTES, type Transport } from './transport.js';

const hello = {
  class: 'virtual',
  device: 'x',
  firmware: '0.1.0',
  abi: limits.abi.value,
  contract: new Uint8Array(8),
  calls: new Uint8Array(1),
  boot: 1,
  owned: false,
  slots: 8,
  arena: 1000,
  virtual: false,
  time: 5,
  engine: 'wamr',
} as const;

/**
 * A board of a few lines: stop and wait with a stored response, as the link's rules have it. `lose` drops frames by
 * count.
 */
class TinyBoard {
  readonly ran: string[] = [];
  private readonly receiver = new FrameReceiver();
  private readonly end: Transport;
  private readonly lose: (frame: number, sent: boolean) => boolean;
  private frames = 0;
  private last: { seq: number; bytes: Uint8Array } | undefined;
  private eventSeq = 0;

  constructor(end: Transport, lose: (frame: number, sent: boolean) => boolean = () => false) {
    this.end = end;
    this.lose = lose;
    void end.open();
    end.onData((bytes) => {
      for (const item of this.receiver.push(bytes))
        if (item.type === 'frame' && !this.lose(this.frames++, false)) this.run(item.frame);
    });
  }

  private run(frame: Frame): void {
    if (this.last?.seq !== frame.seq) this.last = { seq: frame.seq, bytes: this.respond(frame) };
    if (!this.lose(this.frames++, true)) this.send(this.last.bytes);
  }

  private respond({ id, seq, body }: Frame): Uint8Array {
    const row: Message | undefined = Object.values(link).find((candidate) => candidate.id === id);
    if (!row) throw new Error('unknown request');
    this.ran.push(row.name);
    const answer = (bytes: Uint8Array): Uint8Array => encodeFrame({ id, response: true, seq, body: bytes });
    if (id === link.hello.id) return answer(encodeResponse(link.hello, { ok: true, body: hello }));
    if (id === link['topic.list'].id) return answer(Uint8Array.of(0x81));
    if (id === link.start.id) return answer(encodeResponse(link.start, { ok: true, body: {} }));
    if (id !== link['param.get'].id) return answer(encodeResponse(link.stop, { ok: false, code: -66 }));
    const value = new CborFloat(decodeBody(link['param.get'], body).name.length);
    return answer(encodeResponse(link['param.get'], { ok: true, body: { value } }));
  }

  send(bytes: Uint8Array): void {
    void this.end.write(bytes);
  }

  log(text: string, skip = 0): void {
    this.eventSeq += 1 + skip;
    this.send(
      encodeFrame({
        id: link.log.id,
        response: false,
        seq: this.eventSeq,
        body: encodeBody(link.log, { time: 1, behaviour: 'b', text, fields: [] }),
      }),
    );
  }
}

function connect(lose?: (frame: number, sent: boolean) => boolean): {
  client: LinkClient;
  board: TinyBoard;
  far: Transport;
} {
  const [near, far] = fakePair();
  return { client: new LinkClient(near), board: new TinyBoard(far, lose), far };
}

const wrapped = (end: Transport): Transport => ({
  name: end.name,
  open: () => end.open(),
  write: (bytes) => end.write(bytes),
  onData: (listener) => end.onData(listener),
  onClose: (listener) => end.onClose(listener),
  close: () => end.close(),
});

const fast = { timeoutMs: 20, attempts: 6 };

describe('link client', () => {
  it('opens a session and reads typed fields', async () => {
    const { client } = connect();
    expect(await client.connect()).toEqual(hello);
    const { value } = await client.request('param.get', { behaviour: 'b', name: 'abcd' });
    expect(value).toEqual(new CborFloat(4));
  });

  it.each([
    ['requests', (frame: number, sent: boolean) => !sent && frame % 3 === 0],
    ['responses', (frame: number, sent: boolean) => sent && frame % 3 === 1],
  ])('runs each request exactly once when %s are lost', async (_, lose) => {
    const { client, board } = connect(lose);
    await client.open();
    for (let index = 0; index < 20; index++) await client.request('start', { behaviour: `b${index}` }, fast);
    expect(board.ran).toHaveLength(20);
  });

  it('keeps the order of requests that are not waited for', async () => {
    const { client } = connect();
    await client.open();
    const values = await Promise.all(
      ['a', 'bb', 'ccc'].map((name) => client.request('param.get', { behaviour: 'b', name })),
    );
    expect(values.map(({ value }) => (value as CborFloat).value)).toEqual([1, 2, 3]);
  });

  it('turns an error of the board into text and cure, and goes on', async () => {
    const { client } = connect();
    await client.open();
    await expect(client.request('stop', { behaviour: 'b' })).rejects.toMatchObject({
      code: 'class',
      row: 66,
      exit: 1,
      cure: expect.stringContaining('--board'),
    });
    await client.request('start', { behaviour: 'b' });
  });

  it('says that it can not read an answer, goes on, and counts an event that it can not read as lost', async () => {
    const { client, board } = connect();
    await client.connect();
    await expect(client.request('topic.list', { index: 0 })).rejects.toMatchObject({ code: 'bad_answer', exit: 3 });
    board.send(encodeFrame({ id: link.log.id, response: false, seq: 1, body: Uint8Array.of(0x81) }));
    await client.request('start', { behaviour: 'b' });
    expect(client.missed).toBe(1);
  });

  it('waits for a board that starts when its port is opened, and says so once', async () => {
    const [near, far] = fakePair();
    let opened = 0;
    const client = new LinkClient({ ...wrapped(near), open: () => (opened++, near.open()) });
    new TinyBoard(far, (frame, sent) => !sent && frame < 5);
    let waits = 0;
    expect(await client.connect(() => waits++)).toEqual(hello);
    expect({ waits, opened }).toEqual({ waits: 1, opened: 1 });
  });

  it('gives up with a clear error when nobody answers', async () => {
    const { client, board } = connect((_, sent) => sent);
    await client.open();
    await expect(client.request('start', { behaviour: 'b' }, { timeoutMs: 10, attempts: 3 })).rejects.toMatchObject({
      code: 'no_answer',
      exit: 3,
    });
    expect(board.ran).toHaveLength(1);
  });

  it('says what it heard from what is no board, and leaves one that never ends at once', async () => {
    const [near, far] = fakePair();
    const client = new LinkClient(near);
    await Promise.all([client.open(), far.open()]);
    const hello = client.request('hello', { nonce: 1 }, { timeoutMs: 20, attempts: 2 });
    void far.write(Buffer.from('U-Boot 2024\x1b['));
    await expect(hello).rejects.toMatchObject({
      message: expect.stringContaining(
        '13 bytes came, and no answer among them; they begin with "U-Boot 2024',
      ) as string,
      cure: expect.stringContaining('the same rate') as string,
    });
    // Any bytes: also what begins frames and never ends one.
    for (const byte of [0, 1, 255]) {
      const endless = new LinkClient(near);
      const asked = endless.request('hello', { nonce: 1 }, { timeoutMs: 60_000, attempts: 1 });
      for (let sent = 0; sent <= NOISE_BYTES; sent += 65_536) void far.write(new Uint8Array(65_536).fill(byte));
      await expect(asked).rejects.toMatchObject({ code: 'no_answer' });
    }
  });

  it('keeps a few lines until somebody listens, and ends a line that never does', async () => {
    const [near, far] = fakePair();
    const ends: unknown[] = [];
    near.onClose((error) => ends.push(error));
    await Promise.all([near.open(), far.open()]);
    await far.write(new Uint8Array(EARLY_BYTES));
    await far.write(new Uint8Array(1));
    await expect.poll(() => ends).toMatchObject([{ message: `${EARLY_BYTES + 1} bytes came unasked, at most 65536` }]);
    const got: Uint8Array[] = [];
    near.onData((bytes) => got.push(bytes));
    expect(got).toEqual([]);
  });

  it('rejects what is under way and all that follows when the board goes away', async () => {
    const { client, far } = connect((_, sent) => sent);
    await client.open();
    let told = 0;
    client.onGone(() => told++);
    const request = client.request('start', { behaviour: 'b' });
    setTimeout(() => void far.close(), 20);
    await expect(request).rejects.toMatchObject({ code: 'board_gone', exit: 3 });
    await expect(client.request('start', { behaviour: 'b' })).rejects.toMatchObject({ code: 'board_gone' });
    expect(told).toBe(1);
  });

  it('passes on events and console bytes, and counts the events that never came', async () => {
    const { client, board } = connect();
    await client.connect();
    const texts: string[] = [];
    let console = '';
    const stop = client.on('log', ({ text }) => texts.push(text));
    client.onConsole((bytes) => (console += Buffer.from(bytes).toString()));
    board.log('one');
    board.send(Buffer.from('boot ok\n'));
    board.log('two', 3);
    board.send(Buffer.from('still here\n'));
    await expect.poll(() => texts).toEqual(['one', 'two']);
    await expect.poll(() => console).toBe('boot ok\nstill here\n');
    expect(client.missed).toBe(3);
    stop();
    board.log('three');
    await client.request('start', { behaviour: 'b' });
    expect(texts).toHaveLength(2);
  });
});
