/** Fields and clauses that several kinds have. */
import type { ResourceType } from './types.js';

/** The field that names the board's resource, of that type; `drives`: nobody else may use that resource. */
export const named = <const T extends ResourceType, const D extends boolean = false>(resource: T, drives?: D) =>
  ({
    name: 'name',
    type: 'text',
    min: 1,
    max: 32,
    resource,
    drives,
    grant: 'equal',
    doc: "the board's name for it",
  }) as const;

export const pull = {
  name: 'pull',
  type: 'u8',
  default: 0,
  oneOf: ['none', 'up', 'down'],
  doc: 'pull resistor',
} as const;
export const byPull = { word: 'pull', fields: ['pull'], brackets: true } as const;
export const active = {
  name: 'active',
  type: 'u8',
  default: 0,
  oneOf: ['high', 'low'],
  doc: 'level that counts as 1',
} as const;
export const byActive = { word: 'active', fields: ['active'], brackets: true } as const;
/** A field of a PWM channel's safe state that keeps the channel as it is. */
export const hold = { hold: -1 } as const;
/** What the frequency of a PWM channel may be. */
export const highest = { unit: 'Hz', min: 1, max: 1_000_000 } as const;
export const frequency = { word: 'at', fields: ['frequency'], min: 1, max: 1_000_000 } as const;
export const schema = {
  name: 'schema',
  type: 'text',
  max: 160,
  form: 'schema',
  doc: 'fields as `name:type unit,…`',
} as const;

/** The field that each source ends with. */
export const deadline = {
  name: 'deadline',
  type: 'u32',
  default: 0,
  unit: 'us',
  floor: true,
  doc: 'longest time from the event to the end of its reaction; 0: none is promised',
} as const;
