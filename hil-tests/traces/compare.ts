/** Plays one list of stimuli to the model and to the firmware and returns both traces. */
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { generateStimuli, loadModule, Model, modelRig, play, type Stimulus } from '../../sdk/model/index.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';

/** Both traces and what they hold. */
export interface Comparison {
  readonly model: string;
  readonly board: string;
  readonly stimuli: readonly Stimulus[];
}

/** Number of stimuli of a full comparison. */
export const EVENTS = 10_000;

/** Plays `count` stimuli drawn from `seed` to both. */
export async function compareTraces(modules: readonly Uint8Array[], seed: number, count: number): Promise<Comparison> {
  const stimuli = generateStimuli(
    modules.map((module) => loadModule(module).manifest),
    seed,
    count,
  );
  const model = new Model(virtual, modules);
  await play(modelRig(model), stimuli);
  const rig = await BoardRig.open(loadDescription('virtual'), { trace: true, store: false });
  try {
    await rig.install(modules);
    await play(rig, stimuli);
    return { model: model.trace.text(), board: await rig.trace(), stimuli };
  } finally {
    await rig.close();
  }
}

/** The lines around the first difference, for a person; `undefined` if there is none. */
export function firstDifference({ model, board }: Comparison): string | undefined {
  if (model === board) return undefined;
  const [a, b] = [model.split('\n'), board.split('\n')];
  const at = a.findIndex((line, i) => line !== b[i]);
  const line = at < 0 ? a.length : at;
  const around = (lines: readonly string[]): string => lines.slice(Math.max(0, line - 6), line + 4).join('\n');
  return `line ${line + 1} of ${a.length} and ${b.length}\n--- model\n${around(a)}\n--- board\n${around(b)}`;
}

/** Reactions in a trace. */
export function countReactions(trace: string): number {
  return trace.split('\n').filter((line) => line.startsWith('R')).length;
}
