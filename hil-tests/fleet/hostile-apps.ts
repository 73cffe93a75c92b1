/**
 * Apps of the hostile broker's victims: a servo that holds the pulse of a parameter, and a light that follows an input,
 * which shows that the app runs. Without periods: what a loaded computer skips of short ones looks like a bad app.
 */
import { handmade } from '../../sdk/model/testing/handmade.js';
import { tars } from '../program.js';

export const SERVO = 'SERVO1';
export const LIGHT = 'LED2';
/** Changes make the light change, and the servo take the pulse again. */
export const INPUT = 'PA0';

const light = tars(`behaviour light
use led: gpio.out = board.${LIGHT}
use input: gpio.in = pin("${INPUT}")
on input.edge { led.toggle() }`);

/** The app; versions differ in the pulse that they start with. */
export const arm = (pulse: number): readonly Uint8Array[] => [
  light,
  tars(`behaviour arm
use servo: pwm.pulse = board.${SERVO} at 50Hz safe 1500us
use input: gpio.in = pin("${INPUT}")
message Go { pulse: i32 us }
subscribe go: Go = "go"
param pulse: i32 us = ${pulse}us in 1000us ..= 2000us
servo.set(pulse)
on input.edge { servo.set(pulse) }
on go { servo.set(go.pulse) }`),
];

/** Traps 50 ms after it was started. */
export const faulty = (): readonly Uint8Array[] => [
  light,
  handmade(
    `(module
  (func (export "r") (param $source i32) (param i32)
    (if (local.get $source) (then (unreachable)))))`,
    { name: 'arm', sources: [[0, 50_000]] },
  ),
];
