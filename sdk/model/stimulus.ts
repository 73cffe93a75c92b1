/**
 * Random stimulus for an app: from its manifests and a seed, a list of everything that can happen to it from outside -
 * time, bouncing edges, register values, bus faults, voltages, bytes, messages, parameters. The same list is played to
 * the model and to a board, whose traces must be equal.
 */
import { type ErrorName, paramTypes, type Scalar } from '../../hal/contract/index.js';
import type { Manifest, Use } from './manifest.js';
import { Random } from './random.js';
import { type PinDrive, refusalOf, type Rig } from './rig.js';
import { parseSchema } from './schema.js';

/** One thing that happens. */
export type Stimulus =
  | { readonly kind: 'advance'; readonly us: number }
  | { readonly kind: 'pin'; readonly pin: string; readonly drive: PinDrive }
  | { readonly kind: 'adc'; readonly input: string; readonly millivolts: number }
  | {
      readonly kind: 'i2c';
      readonly bus: string;
      readonly address: number;
      readonly reg: number;
      readonly data: readonly number[];
    }
  | { readonly kind: 'i2c.device'; readonly bus: string; readonly address: number; readonly present: boolean }
  | {
      readonly kind: 'i2c.fault';
      readonly bus: string;
      readonly address: number;
      readonly error: ErrorName;
      readonly count: number;
    }
  | {
      readonly kind: 'spi';
      readonly bus: string;
      readonly select: string;
      readonly reg: number;
      readonly data: readonly number[];
    }
  | { readonly kind: 'uart'; readonly port: string; readonly data: readonly number[] }
  | { readonly kind: 'publish'; readonly topic: string; readonly values: readonly number[] }
  | { readonly kind: 'param'; readonly behaviour: string; readonly name: string; readonly value: number | bigint };

/** Makes stimuli of one sort for one handle. */
type Maker = (random: Random) => Stimulus[];

/** `count` stimuli at least for an app with these manifests. Devices on its buses are attached first. */
export function generateStimuli(manifests: readonly Manifest[], seed: number, count: number): Stimulus[] {
  const random = new Random(seed);
  const makers = manifests.flatMap((manifest) => manifest.uses.flatMap((use) => makersFor(manifest, use)));
  const scaleUs = timeScaleUs(manifests);
  const stimuli = manifests.flatMap(({ uses }) => uses.flatMap((use) => attach(use)));
  while (stimuli.length < count) {
    if (makers.length > 0 && !random.once(3)) stimuli.push(...random.pick(makers)(random));
    else stimuli.push({ kind: 'advance', us: someTimeUs(random, scaleUs) });
  }
  return stimuli;
}

/** Does one of them to a rig. */
export async function applyStimulus(rig: Rig, stimulus: Stimulus): Promise<void> {
  switch (stimulus.kind) {
    case 'advance':
      await rig.advance(stimulus.us);
      return;
    case 'pin':
      return rig.pinSet(stimulus.pin, stimulus.drive);
    case 'adc':
      return rig.adcSet(stimulus.input, stimulus.millivolts);
    case 'i2c':
      return rig.i2cSet(stimulus.bus, stimulus.address, stimulus.reg, Uint8Array.from(stimulus.data));
    case 'i2c.device':
      return rig.i2cDevice(stimulus.bus, stimulus.address, stimulus.present);
    case 'i2c.fault':
      return rig.i2cFault(stimulus.bus, stimulus.address, stimulus.error, stimulus.count);
    case 'spi':
      return rig.spiSet(stimulus.bus, stimulus.select, stimulus.reg, Uint8Array.from(stimulus.data));
    case 'uart':
      return rig.uartSend(stimulus.port, Uint8Array.from(stimulus.data));
    case 'publish':
      return rig.publish(stimulus.topic, stimulus.values);
    case 'param':
      return rig.paramSet(stimulus.behaviour, stimulus.name, stimulus.value);
  }
}

/** Plays a list to a rig, in order. What one rig refuses, such as bytes for a full port, every rig has to refuse. */
export async function play(rig: Rig, stimuli: readonly Stimulus[]): Promise<void> {
  for (const stimulus of stimuli) {
    await applyStimulus(rig, stimulus).catch((error: unknown) => {
      if (refusalOf(error) === undefined) throw error;
    });
  }
}

/** Shortest period, 20 ms if there is none: time moves in steps around it. */
function timeScaleUs(manifests: readonly Manifest[]): number {
  const periods = manifests
    .flatMap(({ sources }) => sources.flatMap(({ fields }) => fields['period'] ?? []))
    .map(Number);
  return periods.length > 0 ? Math.max(Math.min(...periods), 100) : 20_000;
}

/** A moment, a few steps, or exactly one: so that things also coincide. */
function someTimeUs(random: Random, scaleUs: number): number {
  if (random.once(4)) return random.between(0, Math.ceil(scaleUs / 20));
  if (random.once(4)) return scaleUs * random.between(1, 2);
  return random.between(0, scaleUs * 9);
}

function attach({ kind, fields }: Use): Stimulus[] {
  const bus = String(fields['name']);
  if (kind === 'i2c') return [{ kind: 'i2c.device', bus, address: Number(fields['address']), present: true }];
  if (kind === 'spi') return [{ kind: 'spi', bus, select: String(fields['select']), reg: 0, data: [0] }];
  return [];
}

function makersFor(manifest: Manifest, use: Use): Maker[] {
  const name = String(use.fields['name']);
  switch (use.kind) {
    case 'gpio.in':
      return [bounces(name, Number(use.fields['debounce']))];
    case 'adc':
      return [(random) => [{ kind: 'adc', input: name, millivolts: random.between(0, 3300) }]];
    case 'i2c':
      return [registers(name, Number(use.fields['address'])), faults(name, Number(use.fields['address']))];
    case 'spi':
      return [
        (random) => [
          {
            kind: 'spi',
            bus: name,
            select: String(use.fields['select']),
            reg: random.between(0, 100),
            data: bytes(random, 4),
          },
        ],
      ];
    case 'uart':
      return [
        (random) => [
          { kind: 'uart', port: name, data: bytes(random, random.between(1, 2)) },
          { kind: 'advance', us: 100 },
        ],
      ];
    case 'subscribe':
      return [messages(use)];
    case 'param':
      return [params(manifest.name, use)];
    case 'gpio.out':
    case 'pwm.pulse':
    case 'pwm.duty':
    case 'timer':
    case 'publish':
      return [];
  }
}

/** Several edges close together, and sometimes time enough for the last to count. */
function bounces(pin: string, debounceUs: number): Maker {
  return (random) => {
    const edges = random.between(1, 4);
    const stimuli: Stimulus[] = [];
    for (let i = 0; i < edges; i++) {
      const drive = random.once(20) ? 'float' : random.pick([0, 1] as const);
      stimuli.push({ kind: 'pin', pin, drive }, { kind: 'advance', us: random.between(0, Math.ceil(debounceUs / 2)) });
    }
    if (random.once(2)) stimuli.push({ kind: 'advance', us: debounceUs });
    return stimuli;
  };
}

function registers(bus: string, address: number): Maker {
  return (random) => [
    {
      kind: 'i2c',
      bus,
      address,
      reg: random.once(2) ? 0 : random.between(0, 250),
      data: bytes(random, random.between(1, 4)),
    },
  ];
}

/** Transfers that fail, or a device that is gone for a while. */
function faults(bus: string, address: number): Maker {
  return (random) => {
    if (random.once(3))
      return [
        {
          kind: 'i2c.fault',
          bus,
          address,
          error: random.pick(['nack', 'timeout', 'busy', 'io'] as const),
          count: random.between(1, 5),
        },
      ];
    return [{ kind: 'i2c.device', bus, address, present: !random.once(8) }];
  };
}

function messages({ fields }: Use): Maker {
  const schema = parseSchema(String(fields['schema']));
  return (random) => [
    { kind: 'publish', topic: String(fields['topic']), values: schema.map(({ type }) => fieldValue(random, type)) },
  ];
}

const FIELD_RANGES: Readonly<Partial<Record<Scalar, readonly [number, number]>>> = {
  bool: [0, 1],
  i8: [-128, 127],
  u8: [0, 255],
  i16: [-32768, 32767],
  u16: [0, 65535],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
};

function fieldValue(random: Random, type: Scalar): number {
  const range = FIELD_RANGES[type];
  if (range === undefined) return Math.fround(random.between(-1_000_000, 1_000_000) / 1000);
  return random.once(4) ? random.pick(range) : random.between(...range);
}

/** Mostly inside the range, its ends included. */
function params(behaviour: string, { fields }: Use): Maker {
  const [low, high] = [Number(fields['min']), Number(fields['max'])];
  const type = paramTypes[Number(fields['type'])];
  const inside = (random: Random): number => {
    if (random.once(5)) return random.pick([low, high]);
    return type === 'f32'
      ? Math.fround(low + (random.between(0, 1 << 20) / (1 << 20)) * (high - low))
      : random.between(low, high);
  };
  return (random) => {
    const value = Math.min(Math.max(inside(random), low), high);
    return [{ kind: 'param', behaviour, name: String(fields['name']), value: type === 'i64' ? BigInt(value) : value }];
  };
}

function bytes(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.between(0, 255));
}
