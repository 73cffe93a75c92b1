/**
 * The vocabulary of the contract: every host call, handle kind, manifest field, wire message, error and limit is a row
 * of data in this folder. `hal/codegen` turns the rows into C, guest headers, documentation and golden vectors; the
 * compiler and the command line import them directly. Nothing in this folder has behaviour.
 */

/** Scalar types of a host call's parameters and results. `i64` is always microseconds. */
export type Scalar = 'bool' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'f32';

/** One parameter of a host call, after the handle. `unit` is a unit of the language (`us`, `mV`, `pct`, …). */
export interface CallParam {
  readonly name: string;
  readonly type: Scalar;
  readonly unit?: string;
  readonly doc: string;
}

/**
 * What a call costs at most: `pure` touches only memory, `pin` a register, `bus` a transfer of at most 1 ms of wire
 * time, `flash` a queued write.
 */
export type CostClass = 'pure' | 'pin' | 'bus' | 'flash';

/** One host call. The Wasm import is module `t`, field = `id` in base 36; ids are never reused. */
export interface HostCall {
  readonly id: number;
  /** `<group>.<verb>`; `group_verb` in C. */
  readonly name: string;
  /** Kinds of handle that may be passed as first argument; empty: the call takes no handle. */
  readonly kinds: readonly KindName[];
  /** `timer`: the first argument is a timer id instead of a handle, below the manifest's `timers`. */
  readonly timer?: boolean;
  readonly params: readonly CallParam[];
  /** Absent: the call returns nothing. */
  readonly result?: { readonly type: Scalar; readonly unit?: string };
  /** Errors that the call can return, as -65,536 - code; none: the call can't fail. */
  readonly errors: readonly ErrorName[];
  readonly cost: CostClass;
  /** How a `.tars` program writes it: `method` on the handle, absent where only the compiler or a C guest uses it. */
  readonly method?: string;
  readonly doc: string;
}

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
  /** Longest text or byte string, or most items of a list. */
  readonly max?: number;
  readonly unit?: string;
  readonly doc: string;
}

export type KindName =
  | 'gpio.out'
  | 'gpio.in'
  | 'pwm.pulse'
  | 'pwm.duty'
  | 'adc'
  | 'i2c'
  | 'spi'
  | 'uart'
  | 'timer'
  | 'publish'
  | 'subscribe'
  | 'param';

/** A kind of handle: a row `[id, ...fields]` in the manifest's `uses`. */
export interface Kind {
  readonly id: number;
  readonly name: KindName;
  readonly fields: readonly Field[];
  /** `output` and `address` resources belong to one behaviour of an app; `shared` ones don't. */
  readonly exclusive: 'output' | 'address' | 'shared';
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
  | 'expired'
  | 'slow'
  | 'nonce';

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

/** A claim of a session on a board with an owner: a row of `claims` in wire/link.ts says what each means. */
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
  /** Its handler gets the session: the request is about that. Never together with `broker` or `deferred`. */
  readonly session?: true;
  /** Its response points to memory that the handler is lent. */
  readonly facts?: true;
}

/** An event of the link. */
export interface LinkEvent extends Message {
  readonly kind: 'event';
}
