/** Edits the source of the running filter; the new version takes over with the state of the old. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boardOf, compileAt, exampleSource, type Row, type Stage, type Step } from '../stage.js';

/** The edit: a new variable in front of the kept ones, and what the message carries. */
const EDITS = [
  ['retain var x:', 'var ticks: u32 = 0\nretain var x:'],
  ['message Estimate { x: f32 degC, p: f32 }', 'message Estimate { x: f32 degC, p: f32, ticks: u32 }'],
  ['out.send({ x, p })', 'ticks += 1\n  out.send({ x, p, ticks })'],
] as const;

export const edit: Step = {
  title: 'Edit the source, swap without stopping',
  async run(stage: Stage): Promise<Row[]> {
    const board = boardOf(stage, 'beta');
    const [before] = (await board.messages('kf/x', 60)).slice(-1);
    let source = exampleSource('kalman/kalman.tars');
    for (const [from, to] of EDITS) {
      if (!source.includes(from)) throw new Error(`the example no longer holds "${from}"`);
      source = source.replace(from, to);
    }
    const folder = join(stage.folder, 'edited');
    mkdirSync(folder);
    writeFileSync(join(folder, 'kalman.tars'), source);
    const { gapUs } = await board.flash((await compileAt(folder)).map(({ module }) => module));
    const after = await board.messages('kf/x', 200);
    const first = after[0] ?? [];
    const q = await board.param('kf', 'q');
    stage.say(
      `x ${before?.[0]?.toFixed(2)} before, ${first[0]?.toFixed(2)} after; ticks, the new variable, is at ${first[2]}`,
    );
    return [
      {
        what: 'a variable added, swapped in flight',
        seen: `gap ${gapUs} us; x ${before?.[0]?.toFixed(2)} -> ${first[0]?.toFixed(2)} degC, q still ${q}`,
      },
    ];
  },
};
