/**
 * The trace of a life: swaps at odd moments, faults, stop and start, a power cut. The firmware's is that of the model.
 */
import { expect, it } from 'vitest';
import { generateStimuli, loadModule, Model, modelRig, play, Random, type Rig } from '../../sdk/model/index.js';
import { runs } from '../../sdk/testing/figures.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';
import { tars } from '../program.js';
import { lacking } from '../emulator/board.js';
import { boards, firstDifference } from './compare.js';

/** Enough for all that is looked for in the traces. */
const ROUNDS = { virtual: 25, 'qemu-m7': runs({ full: 25, short: 6 }) } as const;

const lives = (name: keyof typeof boards, short: number): { name: keyof typeof boards; seed: number }[] =>
  Array.from({ length: runs({ full: 40, short }) }, (_, i) => ({ name, seed: i + 1 }));

/** Several versions of one behaviour: they differ in the order and the number of variables, sources and handles. */
const version = (n: number): Uint8Array =>
  tars(
    `behaviour worker
  use motor: pwm.duty = board.MOTOR_L at ${n === 2 ? 500 : 1000}Hz safe 5pct
  ${n === 1 ? 'use spare: gpio.out = board.PA5 safe hold' : ''}
  use button: gpio.in = board.PC13(pull: up, active: low, debounce: 7ms)
  use led: gpio.out = ${n === 2 ? 'pin("LED", active: low)' : 'board.LED'} safe high
  use late: timer
  message Report { n: i32, total: f32, ticks: u32 }
  subscribe inbox: Report = "in" queue ${n}
  publish out: Report = "out" max 150Hz
  ${n > 1 ? `param added: i32 = ${n} in 0 ..= ${10 * n}` : ''}
  param d: f32 = 1 in 0 ..= ${n === 3 ? 2 : 8}
  ${n === 3 ? 'var fresh: i64 = 12345678901' : ''}
  retain var ticks: u32 = 0
  var total: f32 = 0
  var n: i32 = 0
  led.set(true)
  every 10ms {
    ticks += 1
    out.send({ n, total, ticks })
    motor.set((f32(n) / d * 0.0 + f32(n)) * 1pct)
  }
  ${n > 1 ? 'every 35ms { log "version {} at {}", ' + String(n) + ', n }' : ''}
  on button.edge { n += 1; late.after(4ms); led.toggle() }
  on late { total += d; save() }
  on inbox { n -= 1; total += inbox.total }
  on d.change { log "d is {}", d }
  loop { sleep 13ms; n += 3; await button.press }`,
    { restart: [40, 4] },
  );

const neighbour = tars(
  `behaviour neighbour
  use led: gpio.out = board.LED2
  message Report { n: i32, total: f32, ticks: u32 }
  subscribe heard: Report = "out"
  every 25ms { led.toggle() }
  on heard { if heard.n > 5 { led.set(heard.total > 1.0) } }`,
  { priority: 2 },
);

/** One life, the same for whoever lives it. A parked behaviour is started, a running one stopped and started. */
async function live(rig: Rig, seed: number, rounds: number): Promise<void> {
  const random = new Random(seed);
  let current = version(1);
  for (let round = 0; round < rounds; round++) {
    await rig.install([current, neighbour]);
    const stimuli = generateStimuli([loadModule(current).manifest, loadModule(neighbour).manifest], random.next(), 60);
    await play(rig, stimuli);
    const { status } = await rig.status('worker');
    if (status === 'parked') await rig.start('worker');
    else if (status === 'running' && random.once(3)) await restart(rig, random);
    else if (random.once(4)) await rig.power();
    else current = version(random.between(1, 3));
  }
}

async function restart(rig: Rig, random: Random): Promise<void> {
  await rig.stop('worker');
  await rig.advance(random.between(0, 50_000));
  await rig.start('worker');
}

it.each([...lives('virtual', 2), ...(lacking ? [] : lives('qemu-m7', 1))])(
  'life $seed is the same on $name',
  { timeout: 300_000 },
  async ({ name, seed }) => {
    const model = new Model(boards[name]);
    await live(modelRig(model), seed, ROUNDS[name]);
    const rig = await BoardRig.open(loadDescription(name), { trace: true });
    try {
      await live(rig, seed, ROUNDS[name]);
      for (const event of [/^R \d+ worker 0 0$/m, /^R \d+ worker 0 1$/m, /^R \d+ worker 0 2$/m, /^F \d+ worker 99$/m])
        expect(model.trace.text()).toMatch(event);
      expect(firstDifference({ model: model.trace.text(), board: await rig.trace(), stimuli: [] })).toBeUndefined();
    } finally {
      await rig.close();
    }
  },
);
