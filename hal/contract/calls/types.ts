import type { KindName } from '../kinds.js';
import type { ErrorName, Scalar } from '../types.js';

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
