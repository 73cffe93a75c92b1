import virtual from '../../../boards/virtual.json' with { type: 'json' };
import { compile } from '../index.js';
import type { Compiled } from '../index.js';
import { renderText } from '../render.js';

/** The programs of the language's design, whole. */
export const BLINK = `behaviour blink
use led: gpio.out = board.LED
every 500ms { led.toggle() }
`;

export const KALMAN = `behaviour kf
use sensor: i2c = board.I2C1 at 0x48 max 400kHz
message Estimate { x: f32 degC, p: f32 }
publish out: Estimate = "kf/x" max 100Hz
param q: f32 = 0.01 in 0.0 ..= 1.0
param r: f32 = 0.5  in 0.001 ..= 10.0
retain var x: f32 degC = 0degC
var p: f32 = 1
var misses: u16 = 0
every 10ms {
  let raw = sensor.read_i16be(reg: 0) else { misses +|= 1; continue }
  p += q
  let k = p / (p + r)
  x += k * (f32(raw) * 0.0078125degC - x)
  p *= 1 - k
  out.send({ x, p })
}
`;

/** The servo sweep as a flat machine. */
export const SERVO = `behaviour servo
use button: gpio.in   = pin("PC13", pull: up, active: low, debounce: 20ms)
use servo:  pwm.pulse = board.SERVO1 at 50Hz safe 1500us
use tick: timer
var step: i32 us = 0us
var pulse: i32 us = 0us
fn rest() { step = 0us; servo.set(1500us) }
rest()
on button.press {
  if step != 0us { rest(); continue }
  step = 20us
  pulse = 1000us
  tick.after(20ms)
}
on tick {
  if step == 0us { continue }
  pulse += step
  if pulse == 2000us { step = -20us }
  if pulse == 1000us { rest(); continue }
  servo.set(pulse)
  tick.after(20ms)
}
`;

/** The servo sweep as a sequence. */
export const SWEEP = `behaviour sweep
use button: gpio.in   = pin("PC13", pull: up, active: low, debounce: 20ms)
use servo:  pwm.pulse = board.SERVO1 at 50Hz safe 1500us
const REST = 1500us
servo.set(REST)
loop {
  await button.press
  for p in 1020us ..= 2000us step  20us { sleep 20ms; servo.set(p) }
  for p in 1980us ..  1000us step -20us { sleep 20ms; servo.set(p) }
  sleep 20ms
  servo.set(REST)
}
`;

/** Compiles for the virtual board. */
export const build = (source: string): Compiled => compile(source, { file: 'test.tars', board: virtual });

/** The same for a source that must be right. */
export function buildGood(source: string): Required<Compiled> {
  const built = build(source);
  if (!built.module) throw new Error(renderText(built.diagnostics, source));
  return built as Required<Compiled>;
}
