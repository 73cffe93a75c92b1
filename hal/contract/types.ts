/**
 * The vocabulary of the contract: every host call, handle kind, manifest field, wire message, error and limit is a row
 * of data in this folder. `hal/codegen` turns the rows into C, guest headers, documentation and golden vectors; the
 * compiler and the command line import them directly. Nothing in this folder has behaviour.
 */

import type { ManifestName } from './names.js';

/** Scalar types of a host call's parameters and results. `i64` is always microseconds. */
export type Scalar = 'bool' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'f32';

/**
 * Field types of handle rows, manifest and wire messages. `value` is a CBOR integer or float; `values` a list of them.
 */
export type FieldType =
  'bool' | 'u8' | 'u16' | 'u32' | 'i32' | 'i64' | 'f32' | 'text' | 'bytes' | 'value' | 'values' | 'u32s' | 'u16s';

/** One field of a row or message. Fields are encoded in order as a CBOR array. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Rows of handles and sources only: a trailing field that equals its default is omitted, and only then. */
  readonly default?: number | string | boolean;
  /** Longest text or byte string, or most items of a list; of a row of the manifest also the greatest number. */
  readonly max?: number;
  readonly unit?: string;
  readonly doc: string;
}

/** Types of the board's resources, as board files name them. */
export type ResourceType = 'gpio' | 'pwm' | 'adc' | 'i2c' | 'spi' | 'uart';

/**
 * How the value of a use is compared with the granted one: `equal`; at `most` or at `least` that number; `rate` as
 * `most` with 0 as the largest.
 */
export type GrantRule = 'equal' | 'most' | 'least' | 'rate';

/** One field of a row of the manifest, with all that a board and a host hold its value to beside its type. */
export interface RowField extends Field {
  /** Least number; of a text its fewest bytes. The greatest number is `max`. */
  readonly min?: number;
  /** The number is above this one. */
  readonly above?: number;
  /** The number is an index of this list, whose words a program writes. */
  readonly oneOf?: readonly string[];
  /** The number is in the range between two numbers, each given here or by another field of the row. */
  readonly within?: readonly [number | string, number | string];
  /** Numbers outside of that range that hold too, by the words that a program writes. */
  readonly or?: Readonly<Record<string, number>>;
  /** It is a time in us that a board takes from `floors.periodUs` of its file on; 0 holds too, where it means none. */
  readonly floor?: true;
  /** Name of another field of the row that this one must not be above. */
  readonly atMost?: string;
  /** It is a time in us, and not longer than one period of the frequency in Hz that the other field of the row says. */
  readonly inPeriodOf?: string;
  /** The number is an index: below the manifest's number of timers, or of entries of its state table. */
  readonly below?: 'timers' | 'state';
  /** The value is of the type that the other field of the row says by its place in `paramTypes`, and in its range. */
  readonly typed?: string;
  /** The text is such a name, or empty if it may be. */
  readonly form?: ManifestName;
  /** The text names a resource of the board of this type. The first one of a row is the field `name`. */
  readonly resource?: ResourceType;
  /** What a mistake calls such a resource, where the kind's name would not do. */
  readonly title?: string;
  /** The resource is driven: no other handle of the app may use it in any way. */
  readonly drives?: boolean | undefined;
  /** The number is a clock in kHz, no faster than the board's resource can be. */
  readonly clock?: boolean;
  /** Handles: a row of a bundle's grant has the field, and a use is compared with it in this way. */
  readonly grant?: GrantRule;
  /** Sources: the number is a handle of this kind. */
  readonly kind?: string;
}

/** How a program sets fields of a row: a word and a value behind the declaration, or an option of the resource. */
export interface Clause {
  readonly word: string;
  /** Fields that it sets: one, or the two ends of a range. Unit, type and words of the value are those of the field. */
  readonly fields: readonly string[];
  /** What a program may write, which can be less than what a board takes. None: only the field's words. */
  readonly min?: number;
  readonly max?: number;
  /** The word must be there; an example of it for the message that it is missing. */
  readonly example?: string;
  /** The clause stands in the brackets of the resource, with a colon. */
  readonly brackets?: boolean;
}

/** An event of a handle, written `handle.name`, or as the handle alone if the name is empty. */
export interface KindEvent {
  readonly name: string;
  /** Row of the manifest's `sources` that asks for the event; absent: it is the expiry of the handle's timer. */
  readonly source?: string;
  /** Fields of that row beside the handle. */
  readonly set?: Readonly<Record<string, number>>;
  /** Trails of the event can read the source's argument, written `handle.argument`. */
  readonly carries?: true;
}

/**
 * What a handle is to the board. `output`: it is driven, has a safe state and is taken over by a new version; the core
 * has a row of functions for it. `input`: the port is told that a behaviour with it begins, and raises its events.
 * `sample` is read only when asked, `bus` is one device of several on it.
 */
export type HandleRole = 'output' | 'input' | 'sample' | 'bus' | 'timer' | 'topic' | 'parameter';

/** A kind of handle: a row `[id, ...fields]` in the manifest's `uses`. */
export interface Kind {
  readonly id: number;
  readonly name: string;
  readonly role: HandleRole;
  readonly fields: readonly RowField[];
  /** Fields that say what the handle stands for: two rows that agree in them mean the same thing. */
  readonly identity: readonly string[];
  /** Only one behaviour of an app may have a handle with the same `identity`, though its resource is not driven. */
  readonly exclusive?: boolean;
  readonly clauses?: readonly Clause[];
  readonly events?: readonly KindEvent[];
  readonly doc: string;
}

/** What the entry's second argument says of an event. It is an i32 that holds the type. */
export interface EventArgument {
  readonly name: string;
  readonly type: Exclude<Scalar, 'i64' | 'f32'>;
  readonly unit?: string;
  readonly doc: string;
}

/** A kind of event source: a row `[id, ...fields]` in the manifest's `sources`. */
export interface SourceKind {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly RowField[];
  /** What the entry's second argument says; absent: nothing. */
  readonly argument?: EventArgument;
  /** Fields in which two rows must agree, beside what their handles stand for, to mean the same events. */
  readonly identity: readonly string[];
  /** A field whose bits say which events of the handle are wanted. */
  readonly mask?: string;
  readonly clauses?: readonly Clause[];
  readonly doc: string;
}

export type ErrorName =
  | 'invalid'
  | 'unknown'
  | 'denied'
  | 'range'
  | 'nack'
  | 'timeout'
  | 'busy'
  | 'empty'
  | 'full'
  | 'nospace'
  | 'nomem'
  | 'class'
  | 'state'
  | 'digest'
  | 'module'
  | 'manifest'
  | 'missing_call'
  | 'conflict'
  | 'io'
  | 'abi'
  | 'trap'
  | 'budget'
  | 'handle'
  | 'nan'
  | 'message'
  | 'parked'
  | 'corrupt'
  | 'unconfirmed'
  | 'too_long'
  | 'stack'
  | 'floor'
  | 'load'
  | 'late'
  | 'excess'
  | 'truncated'
  | 'trailing'
  | 'encoding'
  | 'duplicate_key'
  | 'profile'
  | 'algorithm'
  | 'version'
  | 'unsigned'
  | 'duplicate_signer'
  | 'not_owned'
  | 'unknown_key'
  | 'role'
  | 'threshold'
  | 'malleable'
  | 'small_order'
  | 'bad_signature'
  | 'wrong_vendor'
  | 'wrong_class'
  | 'wrong_device'
  | 'wrong_engine'
  | 'epoch'
  | 'rollback'
  | 'equivocation'
  | 'fast_forward'
  | 'known_bad'
  | 'delta'
  | 'payload_size'
  | 'payload_digest'
  | 'grant'
  | 'root_keys'
  | 'root_version'
  | 'owned'
  | 'session'
  | 'replay'
  | 'past'
  | 'future'
  | 'trials'
  | 'crashed'
  | 'expired'
  | 'slow'
  | 'nonce'
  | 'unreadable';

/** One error. On the wire and in C it is the negative of `code`. */
export interface ErrorRow {
  readonly code: number;
  readonly name: ErrorName;
  /** What is wrong, for a person. */
  readonly text: string;
  /** What the person can do. */
  readonly cure: string;
}

/** One message of the link or the bench: `[id, seq]` header, then the fields as a CBOR array. */
export interface Message {
  readonly id: number;
  readonly name: string;
  readonly doc: string;
  /** Requests have a response (even if it is empty); events go from board to host only. */
  readonly kind: 'request' | 'event';
  readonly fields: readonly Field[];
  readonly response?: readonly Field[];
}

/** A claim of a session on a board with an owner: a row of `claims` in wire/link-owner.ts says what each means. */
export type Claim = 'uploads' | 'verified' | 'installs' | 'asks' | 'provisions';

/** A request of the link: what decides whether the board takes it, and who on the board answers it. */
export interface LinkRequest extends Message {
  readonly kind: 'request';
  readonly response: readonly Field[];
  /**
   * Who may ask on a board with an owner without a signature. `open`: anybody, because it only reads, or what it
   * carries is signed itself. `signed`: nobody, it is refused as `owned`. Claims: a session with one of them. A board
   * without an owner asks for none of this.
   */
  readonly rule: 'open' | 'signed' | readonly Claim[];
  /**
   * Taken over a physical port only: always, or while the board has no owner; absent: over any. Deferred requests only.
   */
  readonly port?: 'physical' | 'physical while open';
  /** Whether a signed command may carry it, through the broker too. Such a request has no fields in its response. */
  readonly broker: boolean;
  /** The supervisor answers, when it has finished; absent: the link's task answers at once. */
  readonly deferred?: true;
  /** The handler gets the session, because the request is about that. Never together with `broker` or `deferred`. */
  readonly session?: true;
  /** The response points into memory that the handler is lent. */
  readonly facts?: true;
}

/** An event of the link. */
export interface LinkEvent extends Message {
  readonly kind: 'event';
}
