/** The board in the emulator on real time, with a look into its memory: what the tests of this folder share. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { Qmp } from '../../cli/virtual/qmp.js';
import { BoardRig, type RigOptions } from '../board-rig.js';
import { loadDescription, projectRoot } from '../description.js';

/** True where these tests can't run; set-up says what is missing. */
export const lacking = !hasEmulator();

export const { wires } = loadDescription('qemu-m7');

export interface EmulatedBoard {
  readonly rig: BoardRig;
  readonly qmp: Qmp;
  close(): Promise<void>;
}

/**
 * For a board that shall get older faster than we do: time in which it sleeps is skipped, and an instruction takes
 * 64 ns. What the host has to do in the board's time it can't do then, such as confirming an app.
 */
export const SWIFT = ['-icount', 'shift=6,sleep=off'];
/** The board's free-running counter of microseconds since its reset. */
export const COUNTER_US = 0x40028018;

/** Starts one; apps stay in RAM unless `store` says otherwise. */
export async function openBoard(
  options: Pick<RigOptions, 'arguments' | 'store' | 'busy' | 'serial' | 'state'> = {},
): Promise<EmulatedBoard> {
  const rig = await BoardRig.open(loadDescription('qemu-m7'), { realTime: true, store: false, ...options });
  const qmp = await Qmp.connect(rig.process.ready.qmp ?? '');
  return {
    rig,
    qmp,
    close: async () => {
      qmp.close();
      await rig.close();
    },
  };
}

const PATIENCE_MS = 60_000;

/** Waits until `get` gives a value that `fits`; returns it. Rejects with the last one after a minute. */
export async function until<T>(get: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(10)) {
    const value = await get();
    if (fits(value)) return value;
    if (Date.now() > end) throw new Error(`it stayed ${JSON.stringify(value)}`);
  }
}

/** Address of a variable of the board's image. */
export function addressOf(symbol: string): number {
  const table = execFileSync(
    'arm-none-eabi-nm',
    [`${projectRoot}build/firmware-qemu-m7/ports/freertos/tars-board.elf`],
    { encoding: 'utf8' },
  );
  const row = new RegExp(`^([0-9a-f]+) \\w ${symbol}(?:\\.lto_priv\\.\\d+)?$`, 'm').exec(table);
  if (!row) throw new Error(`the image has no ${symbol}`);
  return parseInt(row[1] ?? '', 16);
}
