import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitModule } from '../../emit/index.js';
import { buildGood } from '../../testing/programs.js';
import { runModule } from '../../testing/run.js';
import { Body, Lowering } from '../context.js';
import { dispatches } from '../dispatch.js';
import type { Func, Slot } from '../ir.js';
import { optimise } from '../optimise/index.js';
import { assemble } from './assemble.js';
import { sequence } from './sequencer.js';
import type { SubTrail } from './subtrail.js';

/** Loops that begin with a wait, so that nothing has to start them; some events wake more than one. */
const SOURCE = `behaviour t
use led: gpio.out = board.LED
use b: gpio.in = board.BUTTON
use probe: gpio.in = board.PA0
var n: i32 = 0
loop { await b.press; led.toggle(); let k = n * 2; await probe.edge; log "outer {}", k }
loop { await probe.edge; n += 1; log "inner {}", n }
loop { await b.press; await b.release; n += 10; await b.press; log "last {}", n }
`;

describe('a tree of sub-trails', () => {
  it('does what the same loops do side by side, each with its own wait points', () => {
    const { program, module } = buildGood(SOURCE);
    const shared = new Lowering(program);
    const b = new Body(shared);
    const [outer, ...inner] = program.trails.map((trail) => sequence(b, trail.body)) as [SubTrail, ...SubTrail[]];
    const code = assemble(b, { ...outer, inner });
    const source: Slot = { type: 'i32', name: 'source' };
    const arms = [
      { key: 0, body: code.start },
      ...program.sources.map(({ number }) => ({ key: number, body: code.wakes.get(number) ?? [] })),
    ];
    const params: Slot[] = [source, { type: 'i32', name: 'argument' }];
    const entry: Func = { name: 'r', params, body: dispatches(arms, source)[0] ?? [] };
    const tree = emitModule({ functions: [entry, ...shared.trails].map(optimise), globals: shared.globals });
    const sources = program.sources.map(({ number }) => number);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...sources), { maxLength: 60 }), (events) => {
        expect(runModule(tree, [0, ...events])).toEqual(runModule(module, [0, ...events]));
      }),
      { numRuns: 100, seed: 10 },
    );
    expect(runModule(tree, [0, ...sources, ...sources, ...sources]).length).toBeGreaterThan(5);
  });
});
