import type { Program } from '../check/program.js';
import { Body, Lowering } from './context.js';
import type { Arm } from './dispatch.js';
import { dispatches } from './dispatch.js';
import { inlineCalledOnce } from './inline.js';
import type { Code } from './inline.js';
import type { Func, Lowered, Slot, Stmt } from './ir.js';
import { optimise } from './optimise/index.js';
import { statements } from './statements/index.js';
import { lowerTrail } from './trail/index.js';

export type { Lowered } from './ir.js';

/** Lowers a checked program to intermediate code. `size`: bytes of a function, to choose between ways to dispatch. */
export function lowerProgram(program: Program, size: (func: Func) => number): Lowered {
  const shared = new Lowering(program);
  const source: Slot = { type: 'i32', name: 'source' };
  const startup: Code = { body: statements(new Body(shared), program.startup, {}) };
  const drafts = program.trails.map((trail) => lowerTrail(shared, trail));
  // Before trails are put together: one that waits once stands at two places, and what it calls would be called twice.
  const functions = inlineCalledOnce(
    [startup, ...drafts.flatMap((draft) => draft.code)],
    [...shared.functions.values()],
  );
  const trails = drafts.map((draft) => draft.assemble());
  const arms: Arm[] = [{ key: 0, body: [...startup.body, ...trails.flatMap((trail) => trail.start)] }];
  for (const key of [...program.sources.map((each) => each.number), ...program.timers.map((each) => -1 - each.id)]) {
    arms.push({ key, body: trails.flatMap((trail): readonly Stmt[] => trail.wakes.get(key) ?? []) });
  }
  const variants = dispatches(arms, source).map((body) => {
    const entry: Func = { name: 'r', params: [source, shared.argument], body };
    const left = inlineCalledOnce([entry], [...shared.trails, ...functions]);
    return { entry: optimise(entry), left };
  });
  const sizes = variants.map(({ entry }) => size(entry));
  const { entry, left } = variants[sizes.indexOf(Math.min(...sizes))] as { entry: Func; left: readonly Func[] };
  return { functions: [entry, ...left.map(optimise)], globals: shared.globals };
}
