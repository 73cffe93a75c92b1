/**
 * The smallest image for the Cortex-M7 on the emulator: one serial port, no network, no bench. What tests see of it is
 * its link, its lamps and its memory.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hello, LinkClient } from '../../cli/transport/link.js';
import { TcpTransport } from '../../cli/transport/tcp.js';
import { startEmulatorOnTcp } from '../../cli/virtual/emulator.js';
import { Qmp } from '../../cli/virtual/qmp.js';
import { projectRoot } from '../description.js';
import { lacking, until } from './board.js';

const image = `${projectRoot}build/firmware-qemu-m7-smallest/ports/freertos/tars-board-smallest.elf`;
/** Register of the lamps. */
const LAMPS = 0x40028000;
/** What a stack is filled with before it is used. */
const FILL = 0xa5;

/** True where these tests can't run. */
export const lackingSmallest = lacking || !existsSync(image);

/** A stack of the image: where it lies and how much of it nobody has touched. */
export interface Stack {
  readonly name: string;
  readonly bytes: number;
  readonly untouched: number;
}

/** Names of the image's symbols that match. */
export const symbolsOf = (pattern: RegExp): string[] =>
  [...execFileSync('arm-none-eabi-nm', [image], { encoding: 'utf8' }).matchAll(/^\w+ \w (\S+)$/gm)].flatMap(
    ([, name = '']) => (pattern.test(name) ? [name] : []),
  );

export class SmallBoard {
  private readonly worst = new Map<string, Stack>();

  private constructor(
    private readonly folder: string,
    private readonly emulator: Awaited<ReturnType<typeof startEmulatorOnTcp>>,
    private readonly qmp: Qmp,
  ) {}

  static async open(): Promise<SmallBoard> {
    const folder = mkdtempSync(join(tmpdir(), 'tars-smallest-'));
    const emulator = await startEmulatorOnTcp({ image, state: folder, name: 'small', clock: 'real' });
    return new SmallBoard(folder, emulator, await Qmp.connect(emulator.qmp));
  }

  /** What stands behind its serial port, as the command line is told. */
  get port(): string {
    return `tcp:127.0.0.1:${this.emulator.tcp}`;
  }

  /** Opens a session for some work, and closes it afterwards. */
  async linked<T>(work: (link: LinkClient, hello: Hello) => Promise<T>): Promise<T> {
    const link = new LinkClient(new TcpTransport({ host: '127.0.0.1', port: this.emulator.tcp }));
    try {
      return await work(link, await link.connect());
    } finally {
      await link.close();
    }
  }

  /** Waits until a lamp has gone on and off. */
  async blinks(lamp: number): Promise<void> {
    for (const level of [1, 0, 1])
      await until(
        () => this.qmp.word(LAMPS),
        (word) => ((word >> lamp) & 1) === level,
      );
  }

  /**
   * Presses the reset button and waits until the board is up again. Its stacks are filled anew: what was used of them
   * is noted.
   */
  async reset(): Promise<void> {
    await this.stacks();
    const boot = await this.linked((_, hello) => Promise.resolve(hello.boot));
    await this.qmp.execute('system_reset');
    await until(
      () => this.linked((_, hello) => Promise.resolve(hello.boot)),
      (now) => now !== boot,
    );
  }

  /** Bytes of the board's memory. */
  private async memory(address: number, bytes: number): Promise<Buffer> {
    const path = join(this.folder, 'memory');
    await this.qmp.execute('pmemsave', { val: address, size: bytes, filename: path });
    return readFileSync(path);
  }

  /** Every stack: the tasks', and that of the start and of interrupts. */
  async stacks(): Promise<Stack[]> {
    const table = execFileSync('arm-none-eabi-nm', ['-S', image], { encoding: 'utf8' });
    const named = [...table.matchAll(/^([0-9a-f]+) ([0-9a-f]+) [bB] (\w+_stack|uxIdleTaskStack)\b/gm)].map(
      ([, at = '', size = '', name = '']) => ({ name, at: parseInt(at, 16), bytes: parseInt(size, 16) }),
    );
    const place = (symbol: string): number =>
      parseInt(new RegExp(`^([0-9a-f]+) \\w ${symbol}$`, 'm').exec(table)?.[1] ?? '', 16);
    const start = {
      name: 'start, interrupts',
      at: place('tars_bss_end'),
      bytes: place('tars_stack_top') - place('tars_bss_end'),
    };
    for (const { name, at, bytes } of [start, ...named]) {
      const untouched = (await this.memory(at, bytes)).findIndex((byte) => byte !== FILL);
      this.worst.set(name, { name, bytes, untouched: Math.min(untouched, this.worst.get(name)?.untouched ?? bytes) });
    }
    return [...this.worst.values()];
  }

  async close(): Promise<void> {
    this.qmp.close();
    await this.emulator.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
