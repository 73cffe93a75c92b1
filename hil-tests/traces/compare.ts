/** Plays one list of stimuli to the model and to the firmware and returns both traces. */
import m7 from '../../boards/qemu-m7.json' with { type: 'json' };
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { generateStimuli, loadModule, Model, modelRig, play, type Rig, type Stimulus } from '../../sdk/model/index.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';

/** Both traces and what they hold. */
export interface Comparison {
  readonly model: string;
  readonly board: string;
  readonly stimuli: readonly Stimulus[];
}

/** Boards that write a trace. */
export const boards = { virtual, 'qemu-m7': m7 } as const;

/** A board that writes its trace and a model of it. Both live on: what an app leaves behind is there for the next. */
export class TracedBoard {
  private readonly read = { model: 0, board: 0 };

  private constructor(
    private readonly model: Model,
    private readonly rig: BoardRig,
  ) {}

  static async open(name: keyof typeof boards): Promise<TracedBoard> {
    const rig = await BoardRig.open(loadDescription(name), { trace: true, store: false });
    return new TracedBoard(new Model(boards[name]), rig);
  }

  /** Installs an app and plays `count` stimuli drawn from `seed`, on both; their traces since the last time. */
  async compare(modules: readonly Uint8Array[], seed: number, count: number): Promise<Comparison> {
    const stimuli = generateStimuli(
      modules.map((module) => loadModule(module).manifest),
      seed,
      count,
    );
    const live = async (rig: Rig): Promise<void> => {
      await rig.install(modules);
      await play(rig, stimuli);
    };
    await live(this.rig);
    await live(modelRig(this.model));
    const whole = { model: this.model.trace.text(), board: await this.rig.trace() };
    const since = { model: whole.model.slice(this.read.model), board: whole.board.slice(this.read.board) };
    Object.assign(this.read, { model: whole.model.length, board: whole.board.length });
    return { ...since, stimuli };
  }

  close(): Promise<void> {
    return this.rig.close();
  }
}

/** Plays `count` stimuli drawn from `seed` to a fresh virtual board and to a fresh model. */
export async function compareTraces(modules: readonly Uint8Array[], seed: number, count: number): Promise<Comparison> {
  const board = await TracedBoard.open('virtual');
  try {
    return await board.compare(modules, seed, count);
  } finally {
    await board.close();
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
