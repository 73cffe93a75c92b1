/** What a kind of handle is to the model: the functions that its row in `index.ts` names. */
import type { SourceName } from '../../../hal/contract/index.js';
import type { Devices } from '../devices/index.js';
import type { Use } from '../manifest.js';
import type { Random } from '../random.js';
import type { Stimulus } from '../stimulus.js';

/** An output of one behaviour. It outlives a restart, so it knows what was written last. */
export interface Output {
  /** The very start: its safe level, or low or off if its safe state is to hold. */
  begin(): void;
  /** A new version goes on where the older one left the same resource, without a change of level. */
  takeOver(): void;
  /** Puts the output into its declared safe state, unless that is to hold. */
  safe(): void;
  /** Last logical level of a digital output. */
  readonly level?: 0 | 1;
  /** Sets the logical level of a digital output. */
  write?(level: 0 | 1): void;
}

/** An input of one behaviour, from the begin of an instance to its end. */
export interface Input {
  /** It outlives its instance and goes on with the next one: its resource stays configured. */
  readonly lasting?: true;
  /** What a call that reads the input answers. */
  readonly level?: 0 | 1;
  /** When it does something by itself; `undefined`: not before its resource changes. */
  readonly dueUs?: number | undefined;
  /** Called when `dueUs` has come. */
  pass?(timeUs: number): void;
  /** What `Devices` reports of its resource: the level of a pin, the number of bytes that wait at a port. */
  changed(value: number, timeUs: number, lost?: number): void;
  /** A reaction has ended; `told`: it was to an event of this input. */
  reacted?(told: boolean, timeUs: number): void;
  /** Goes on where one of the older version's inputs is. */
  takeOver?(before: readonly Input[]): void;
}

/** What an input knows of its behaviour. */
export interface InputSite {
  readonly use: Use;
  readonly devices: Devices;
  /** The handles of the version whose instance this one replaces; none if it begins fresh. */
  readonly before: readonly Use[];
  /** An event for each source of the handle that wants one of the `events`, a mask of bits; absent: for each source. */
  report(source: SourceName, argument: number, timeUs: number, events?: number): void;
  /** The same, but an event that still waits gets the argument in place of another one. */
  announce(source: SourceName, argument: number, timeUs: number): void;
  /** Whether the queue has room for an event of an input; if not, the input is due until it has. */
  fits(): boolean;
  /** Counts what was lost; with a text, a line of the log says so. */
  lose(count: number, timeUs: number, text?: string): void;
}

/** Makes stimuli of one sort for one handle. */
export type Maker = (random: Random) => Stimulus[];

/** What the model does for a handle. */
export interface KindModel {
  /** An output with its resource not yet configured. */
  readonly output?: (use: Use, devices: Devices) => Output;
  /** Configures the resource. */
  readonly input?: (site: InputSite) => Input;
  /** What random tests can do to such a handle; `behaviour` is the one that has it. */
  readonly makers?: (use: Use, behaviour: string) => Maker[];
  /** Wires the device to the board before a random test. */
  readonly attach?: (use: Use) => Stimulus;
}
