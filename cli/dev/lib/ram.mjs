// RAM that a behaviour takes on the smallest image, read from the board itself.
import { prepare, symbolsOf } from './counts.mjs';
import { IMAGES } from './footprint.mjs';
import { at } from './paths.mjs';

const IMAGE = 'tars-board-smallest';
/** Behaviours that this image has room for, as firmware/CMakeLists.txt says. */
const SLOTS = 4;
/** Bytes of the execution stack, from the same place; it lies in the engine's pool. */
const EXECUTION = 2048;

/** Rows `{ name, module, arena, slot }` of the examples, and what all behaviours share; bytes. */
export async function behaviourRam() {
  const runner = await prepare();
  const elf = at('build', IMAGES[IMAGE].folder, 'ports/freertos', `${IMAGE}.elf`);
  const symbols = await symbolsOf(elf);
  const bytes = (name) => symbols.get(name).bytes;
  const { rows, arena } = await runner.behavioursOn(elf, ['blink', 'servo', 'kalman']);
  return {
    rows: rows.map((row) => ({ ...row, slot: bytes('tars_slots') / SLOTS })),
    shared: { arena, worker: bytes('worker_stack'), execution: EXECUTION },
  };
}
