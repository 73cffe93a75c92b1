import { describe, expect, it } from 'vitest';
import virtual from '../../../../boards/virtual.json' with { type: 'json' };
import { generateStimuli, Model, modelRig, play } from '../../../model/index.js';
import type { Installable } from '../../../model/index.js';
import { interpret } from '../../../interpreter/index.js';
import { manifestOf } from '../../../interpreter/manifest.js';
import { decodeModule } from '../../../image/decode.js';
import { buildGood, SWEEP } from '../../testing/programs.js';

const HEAD = `behaviour t
use led: gpio.out = board.LED
use b: gpio.in = board.BUTTON
use probe: gpio.in = board.PA0
use s: i2c = board.I2C1 at 0x48
use tick: timer
var n: i32 = 0
`;

/** Loops of every shape: where they wait, what lives across a wait, how they go on. */
const loops: readonly (readonly [string, string])[] = [
  ['waits once, first', 'loop { await b.press; led.toggle() }'],
  ['waits once, last', 'loop { led.toggle(); sleep 5ms }'],
  [
    'waits once, in the middle, with continue',
    'loop { n += 1; await b.press; if n > 2 { n = 0; continue }; led.toggle() }',
  ],
  ['waits once, inside of for', 'loop { for i in 0 ..= 2 { log "a {}", i; sleep 3ms; log "b {}", i } }'],
  ['a local lives across', 'loop { let k = n + 7; sleep 2ms; n = k * 2 & 1023; log "{}", k }'],
  ['a local of 64 bits lives across', 'loop { let t = now(); await b.press; log "{}", i32(now() - t) }'],
  ['a local of f32 does not', 'loop { let k = f32(n) * 1.5; log "{}", k; sleep 2ms; n += 1 }'],
  ['if without else', 'loop { if b.read() { sleep 3ms; led.toggle() }; await probe.edge; n += 1; log "{}", n }'],
  ['if with else, both wait', 'loop { if b.read() { sleep 3ms; log "x" } else { await b.press; log "y" }; log "z" }'],
  [
    'else if, some wait',
    'loop { if n == 1 { sleep 1ms } else if n == 2 { n = 7 } else { await probe.edge }; n = n + 1 & 3; sleep ' +
      '1ms; log "{}", n }',
  ],
  [
    'match',
    'loop { match n { 0 => sleep 1ms\n1 | 2 => { await probe.edge; log "p" }\n3 ..= 5 => { n += 2 }\n_ => { n = ' +
      '-1; sleep 2ms } }; n += 1; sleep 1ms; log "{}", n }',
  ],
  [
    'match on bool, complete',
    'loop { match b.read() { true => { sleep 4ms; log "t" }\nfalse => { await b.edge; log "f" } } }',
  ],
  [
    'nested for',
    'loop { for i in 0 ..= 1 { for j in 5 ..= 6 { sleep 1ms; log "{} {}", i, j }; await probe.edge }; log "end" }',
  ],
  [
    'for that waits sometimes',
    'loop { await probe.edge; for i in 0 ..= 9 { if i % 3 == n % 3 { sleep 1ms }; n += i; log "{}", n } }',
  ],
  ['continue of a for that waits', 'loop { for i in 0 ..= 4 { sleep 1ms; if i == 2 { continue }; log "{}", i } }'],
  [
    'continue of the loop out of a block',
    'loop { sleep 1ms; if b.read() { log "again"; continue }; for i in 0 ..= 1 { sleep 1ms }; log "round" }',
  ],
  [
    'else of a call waits',
    'loop { let x = s.read_i16be(reg: 1) else { log "no"; sleep 3ms; continue }; s.write_u8(reg: 1, value: 3) ' +
      'else { sleep 2ms }; log "{}", x; sleep 1ms }',
  ],
  [
    'else of a division waits',
    'loop { n += 1; let q = 100 / (n % 4) else { await probe.edge; continue }; log "{}", q; sleep 1ms }',
  ],
  [
    'a result is stored after a wait',
    'var m: i16 = 4\nloop { m = s.read_i16be(reg: 2) else { sleep 2ms }; log "{}", m; sleep 1ms }',
  ],
  [
    'more numbers than a mask has bits',
    `loop { await b.press; log "first"; await b.release; log "second"; await b.press; log "third"; await b.edge; await b.press
${Array.from(
  { length: 13 },
  (_, i) => `for i${i} in 0 ..= 1 { if n == 0 { sleep 1ms }; sleep ` + `${i > 7 ? 900 : 1}ms; log "${i}" }`,
).join('\n')} }`,
  ],
  ['a declared timer', 'loop { tick.after(2ms); await tick; led.toggle(); sleep 1ms }\non tick { log "tick" }'],
  [
    'two loops on one event',
    'loop { await b.press; log "a"; await b.press; log "b" }\nloop { await b.press; log "c" }\non b.press { log "d" }',
  ],
  ['three edges', 'loop { await b.press; log "p"; await b.release; log "r"; await b.edge; log "e" }'],
  ['the same wait everywhere', 'loop { await b.edge; log "1"; await b.edge; log "2"; await b.edge; log "3" }'],
  ['sleeps of one length', 'loop { sleep 2ms; log "1"; sleep 2ms; log "2"; await probe.edge; sleep 2ms; log "3" }'],
  ['sleeps of a computed length', 'loop { sleep i64(n % 5 + 1) * 1ms as us; n += 1; log "{}", n }'],
  ['start-up code first', 'log "start"\nlet k = 4\nled.set(k > 3)\nloop { log "loop"; await b.press }'],
  ['two start loops', 'loop { log "a"; sleep 2ms }\nloop { log "b"; sleep 2ms }\nloop { sleep 3ms; log "c" }'],
  [
    'many waits',
    `loop { ${Array.from(
      { length: 32 },
      (_, i) => `${i % 3 === 0 ? 'await b.edge' : i % 3 === 1 ? 'await probe.edge' : 'sleep 1ms'}; ` + `log "${i}"`,
    ).join('; ')} }`,
  ],
];

async function traceOf(installed: Installable, source: string): Promise<string> {
  const model = new Model(virtual, [installed]);
  await play(modelRig(model), generateStimuli([manifestOf(buildGood(source).program)], 42, 600));
  return model.trace.text();
}

describe('loops', () => {
  it.each(loops)('%s: does what the interpreter does', async (_, text) => {
    const source = `${HEAD}${text}\n`;
    const { module, program } = buildGood(source);
    const compiled = await traceOf(module, source);
    expect(compiled).toBe(await traceOf(interpret(program, source), source));
    expect(compiled.split('\nC ').length).toBeGreaterThan(10);
  });

  const globals = (text: string): number => decodeModule(buildGood(`${HEAD}${text}\n`).module).globals.length - 1;

  it('need no program counter if they wait once', () => {
    expect(globals('loop { await b.press; led.toggle() }')).toBe(0);
    expect(globals('loop { led.toggle(); sleep 5ms }')).toBe(0);
    expect(globals('loop { if led.read() { n += 1 }; sleep 5ms; led.toggle() }')).toBe(0);
  });

  it('keep in globals only what lives across a wait', () => {
    expect(globals('loop { let k = n + 7; sleep 2ms; n = k; await b.press }')).toBe(2);
    expect(globals('loop { let k = n + 7; n = k; sleep 2ms; await b.press }')).toBe(1);
    expect(globals('loop { sleep 2ms; await b.press; let k = n + 7; for i in 0 ..= 3 { n += i * k } }')).toBe(1);
  });

  it('a sequence costs at most 40 % more than the flat machine by hand', () => {
    expect(buildGood(SWEEP).module.length).toBeLessThan(175 * 1.4 + 70);
  });
});
