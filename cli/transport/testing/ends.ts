/** What the conformance suite needs of each kind of transport: one, and its far end. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakePair } from '../fake.js';
import { SerialTransport } from '../serial.js';
import { TcpTransport } from '../tcp.js';
import type { Transport } from '../transport.js';

/** The far end of a transport under test. */
export interface FarEnd {
  send(bytes: Uint8Array): Promise<void>;
  /** All bytes that have arrived so far. */
  received(): Uint8Array;
  /** Goes away without a word. */
  vanish(): Promise<void>;
}

export interface Wire {
  readonly transport: Transport;
  readonly far: FarEnd;
  dispose(): Promise<void>;
}

export async function fakeWire(): Promise<Wire> {
  const [transport, other] = fakePair();
  const chunks: Uint8Array[] = [];
  other.onData((bytes) => chunks.push(bytes));
  await other.open();
  const far: FarEnd = {
    send: (bytes) => other.write(bytes),
    received: () => Buffer.concat(chunks),
    vanish: () => other.close(),
  };
  return { transport, far, dispose: () => transport.close() };
}

export async function tcpWire(): Promise<Wire> {
  const chunks: Uint8Array[] = [];
  const server = createServer();
  const connected = new Promise<Socket>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('data', (bytes) => chunks.push(bytes));
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = new TcpTransport({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const far: FarEnd = {
    send: async (bytes) => void (await connected).write(bytes),
    received: () => Buffer.concat(chunks),
    vanish: async () => void (await connected).destroy(),
  };
  const dispose = async (): Promise<void> => {
    await transport.close();
    server.close();
  };
  return { transport, far, dispose };
}

let pairProgram: string | undefined;

/** Compiles pty-pair.c once per run of the tests. */
function ptyPair(): string {
  if (pairProgram === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'tars-pty-'));
    mkdirSync(folder, { recursive: true });
    pairProgram = join(folder, 'pty-pair');
    execFileSync('gcc', [
      '-O1',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-o',
      pairProgram,
      new URL('pty-pair.c', import.meta.url).pathname,
    ]);
  }
  return pairProgram;
}

/** A real serialport on a real pseudo-terminal. */
export async function serialWire(): Promise<Wire> {
  const child = spawn(ptyPair(), { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  const path = await new Promise<string>((resolve) => {
    let head = Buffer.alloc(0);
    let known = false;
    child.stdout.on('data', (bytes: Buffer) => {
      if (known) return void chunks.push(bytes);
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf(10);
      if (end < 0) return;
      known = true;
      resolve(head.subarray(0, end).toString());
    });
  });
  const transport = new SerialTransport(path);
  const vanish = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const far: FarEnd = {
    send: async (bytes) => void child.stdin.write(bytes),
    received: () => Buffer.concat(chunks),
    vanish,
  };
  const dispose = async (): Promise<void> => {
    await transport.close();
    await vanish();
  };
  return { transport, far, dispose };
}
