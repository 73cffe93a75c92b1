/** Keys of the live view: digits press and release the app's inputs, q ends. */
import type { BenchClient } from '../transport/bench.js';

/** Most inputs that have a digit. */
const DIGITS = 9;

/** Reads keys until `stop` is called. `inputs` are the pins that the app reads. Returns `stop`. */
export function readKeys({
  bench,
  inputs,
  quit,
}: {
  bench: BenchClient;
  inputs: readonly string[];
  quit: () => void;
}): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => undefined;
  const press = async (pin: string): Promise<void> => {
    const { level } = await bench.request('pin.get', { pin });
    await bench.request('pin.set', { pin, level: level ? 0 : 1 });
  };
  const onKey = (bytes: Buffer): void => {
    for (const key of bytes.toString()) {
      if (key === 'q' || key === '\x03') quit();
      const pin = /[1-9]/.test(key) ? inputs[Number(key) - 1] : undefined;
      // A board that is gone ends the command elsewhere.
      if (pin !== undefined) void press(pin).catch(() => undefined);
    }
  };
  stdin.setRawMode(true).resume().on('data', onKey);
  return () => void stdin.off('data', onKey).setRawMode(false).pause();
}

/** What the keys do, for the last line of the view. */
export const keyHelp = (inputs: readonly string[]): string =>
  [...inputs.slice(0, DIGITS).map((pin, index) => `${index + 1} toggles ${pin}`), 'q ends'].join('   ');
