/** What a behaviour needs from the model that it runs on, and a host call from the behaviour that makes it. */
import type { Devices } from './devices/index.js';
import type { Event } from './events.js';
import type { Manifest, Use } from './manifest.js';
import type { Operand, Trace } from './trace.js';

/** A field put by the guest, before it becomes part of a message or a log line. */
export interface PutField {
  readonly float: boolean;
  readonly value: number;
}

/** The model, as its behaviours see it. */
export interface World {
  /** Time since the board started. */
  readonly nowUs: number;
  readonly devices: Devices;
  readonly trace: Trace;
  /** Next position among all events of the model. */
  nextOrder(): number;
  /** A behaviour publishes an accepted message. */
  deliver(topic: string, fields: readonly Operand[], timeUs: number): void;
  log(timeUs: number, behaviour: string, text: string, fields: readonly number[]): void;
}

/** The behaviour, as its host calls see it. */
export interface Caller {
  readonly world: World;
  readonly manifest: Manifest;
  /** The event that is being handled. */
  readonly event: Event;
  /** Fields put since the reaction began or since the last send. */
  readonly put: PutField[];
  readonly name: string;
  /** Last level written to a `gpio.out`. */
  level(handle: number): 0 | 1;
  write(handle: number, level: 0 | 1): void;
  /** Debounced logical level of a `gpio.in`. */
  input(handle: number): 0 | 1;
  /** True if a message may be sent now; counts it as sent or as limited. */
  admit(handle: number, rateHz: number): boolean;
  armTimer(id: number, dueUs: number): void;
  cancelTimer(id: number): void;
  readSlot(slot: number): Operand;
  requestSave(): void;
}

/** One call as it reaches its implementation: capability, handle and timer id are already checked. */
export interface CallSite {
  readonly caller: Caller;
  /** The handle's row; calls without a handle don't look at it. */
  readonly use: Use;
  readonly handle: number;
  /** Operands after the handle; of a timer call after the timer's id. */
  readonly operands: readonly Operand[];
}

/** Implementation of one host call. Throws Fault. */
export type CallFunction = (site: CallSite) => Operand | void;

/** A number field of the handle's row. */
export function numberField(use: Use, name: string): number {
  return Number(use.fields[name]);
}

/** A text field of the handle's row. */
export function textField(use: Use, name: string): string {
  return String(use.fields[name]);
}

/** Operand `index` as a number. */
export function operand(site: CallSite, index: number): number {
  return Number(site.operands[index]);
}
