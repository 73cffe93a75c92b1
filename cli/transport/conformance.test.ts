import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { SerialTransport } from './serial.js';
import { TcpTransport } from './tcp.js';
import { fakeWire, serialWire, tcpWire, type Wire } from './testing/ends.js';

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
const until = (test: () => boolean): Promise<void> =>
  expect
    .poll(test, { timeout: 5000, interval: 5 })
    .toBe(true)
    .then(() => undefined);

describe.each([
  ['fake', fakeWire],
  ['tcp', tcpWire],
  ['serial', serialWire],
])('transport %s', (_, makeWire) => {
  let wire: Wire;
  afterEach(() => wire.dispose());

  it('carries every byte value both ways unchanged', async () => {
    wire = await makeWire();
    const got: number[] = [];
    wire.transport.onData((bytes) => got.push(...bytes));
    await wire.transport.open();
    await wire.transport.write(everyByte);
    await wire.far.send(everyByte);
    await until(() => got.length === 256 && wire.far.received().length === 256);
    expect(got).toEqual([...everyByte]);
    expect([...wire.far.received()]).toEqual([...everyByte]);
  });

  it('keeps the order of writes that are not waited for', async () => {
    wire = await makeWire();
    await wire.transport.open();
    const writes = Array.from({ length: 200 }, (_, index) => wire.transport.write(Uint8Array.of(index, 255 - index)));
    await Promise.all(writes);
    await until(() => wire.far.received().length === 400);
    expect([...wire.far.received()]).toEqual(Array.from({ length: 200 }, (_, index) => [index, 255 - index]).flat());
  });

  it('carries 64 KiB', async () => {
    wire = await makeWire();
    let count = 0;
    wire.transport.onData((bytes) => (count += bytes.length));
    await wire.transport.open();
    const block = new Uint8Array(1024).map((_, index) => index * 7);
    for (let index = 0; index < 64; index++) await Promise.all([wire.transport.write(block), wire.far.send(block)]);
    await until(() => count === 65536 && wire.far.received().length === 65536);
  });

  it('keeps bytes that arrive before there is a listener', async () => {
    wire = await makeWire();
    await wire.transport.open();
    await wire.far.send(Uint8Array.of(1, 2, 3));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const got: number[] = [];
    wire.transport.onData((bytes) => got.push(...bytes));
    await until(() => got.length === 3);
  });

  it('tells once, with an error, that the far end is gone, and refuses writes then', async () => {
    wire = await makeWire();
    const ends: (Error | undefined)[] = [];
    wire.transport.onClose((error) => ends.push(error));
    wire.transport.onData(() => undefined);
    await wire.transport.open();
    await wire.transport.write(Uint8Array.of(1));
    await until(() => wire.far.received().length === 1);
    await wire.far.vanish();
    await until(() => ends.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ends).toHaveLength(1);
    expect(ends[0]).toBeInstanceOf(Error);
    await expect(wire.transport.write(Uint8Array.of(2))).rejects.toThrow();
  });

  it('closes twice, tells so once and without an error, and refuses writes then', async () => {
    wire = await makeWire();
    const ends: (Error | undefined)[] = [];
    wire.transport.onClose((error) => ends.push(error));
    await wire.transport.open();
    await wire.transport.close();
    await wire.transport.close();
    expect(ends).toEqual([undefined]);
    await expect(wire.transport.write(Uint8Array.of(1))).rejects.toThrow('closed');
  });

  it('refuses a write before it is open', async () => {
    wire = await makeWire();
    await expect(wire.transport.write(Uint8Array.of(1))).rejects.toThrow('closed');
  });
});

describe('opening', () => {
  const failure = (work: Promise<void>): Promise<UserError> =>
    work.then(
      () => expect.unreachable(),
      (error: UserError) => error,
    );

  it('says that a serial port does not exist', async () => {
    const error = await failure(new SerialTransport('/dev/ttyNONE7').open());
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'no_such_port', exit: 3 });
  });

  it('says that a serial port is in use, and lets the first user go on', async () => {
    const wire = await serialWire();
    await wire.transport.open();
    const error = await failure(new SerialTransport(wire.transport.name).open());
    expect(error).toMatchObject({ code: 'port_in_use', exit: 3 });
    await wire.transport.write(Uint8Array.of(7));
    await until(() => wire.far.received().length === 1);
    await wire.dispose();
  });

  it('says that a file is no serial port', async () => {
    expect(await failure(new SerialTransport('/dev/null').open())).toMatchObject({ exit: 3 });
  });

  it('says that nothing listens on a TCP port', async () => {
    expect(await failure(new TcpTransport({ host: '127.0.0.1', port: 1 }).open())).toMatchObject({
      code: 'no_such_port',
      exit: 3,
    });
  });
});
