import type { Fn, Program, Variable } from '../check/program.js';
import type { Func, Label, Segment, Slot, WasmType } from './ir.js';
import { wasmType } from './ir.js';

/** What is shared by all functions of one lowering. */
export class Lowering {
  /** Slots of parameters and variables, then those that a trail keeps across a wait. */
  readonly globals: { slot: Slot; initial: number | bigint }[] = [];
  /** Functions of the source that are called. */
  readonly functions = new Map<Fn, Func>();
  /** Functions of trails. */
  readonly trails: Func[] = [];
  /** Second parameter of the entry: what the event says. The code of an `on` stands in the entry itself. */
  readonly argument: Slot = { type: 'i32', name: 'argument' };

  constructor(readonly program: Program) {
    for (const variable of program.globals)
      this.global(variable.name, wasmType(variable.type.scalar), variable.initial ?? 0);
  }

  /** Adds a global to the module. */
  global(name: string, type: WasmType, initial: number | bigint): Slot {
    const slot: Slot = { type, name, global: this.globals.length };
    this.globals.push({ slot, initial });
    return slot;
  }
}

/** Where `continue` goes: to a label, or to the segment that begins the loop. */
export interface Exits {
  readonly again?: Label | Segment;
}

/** What the lowering of one function body knows. */
export class Body {
  private readonly locals = new Map<Variable, Slot>();
  private count = 0;

  constructor(readonly shared: Lowering) {}

  /** The slot of a variable. */
  slot(variable: Variable): Slot {
    if (variable.kind === 'global') return (this.shared.globals[variable.index] as { slot: Slot }).slot;
    let slot = this.locals.get(variable);
    if (!slot) this.locals.set(variable, (slot = { type: wasmType(variable.type.scalar), name: variable.name }));
    return slot;
  }

  /** A slot for an intermediate value. */
  temporary(type: WasmType): Slot {
    return { type, name: `t${this.count++}` };
  }

  label(name: string): Label {
    return { name: `${name}${this.count++}` };
  }
}
