import type { Expr, Func, Label, Slot, Stmt } from '../lower/ir.js';
import { typeOf } from '../lower/ir.js';
import { writeConstant } from '../../image/encode.js';
import { writeU32 } from '../../image/leb.js';
import { instruction, valueTypes } from '../../image/opcodes.js';

/** Numbers that code refers to. */
export interface Numbers {
  /** Index of a local of this function. */
  local(slot: Slot): number;
  /** Index of a function or import. */
  callee(target: (Expr & { op: 'call' })['target']): number;
}

const EMPTY = 0x40;

/** Writes the body of one function. */
export class CodeWriter {
  readonly out: number[] = [];
  /** Open blocks, innermost last; nothing for an `if`. */
  private readonly open: (Label | undefined)[] = [];

  constructor(private readonly numbers: Numbers) {}

  /** The whole body with its final `end`. */
  func(func: Func): number[] {
    this.stmts(func.body);
    // A body whose last statement leaves has no value to fall off its end with.
    if (func.result !== undefined && func.body.at(-1)?.op !== 'return') this.op('unreachable');
    this.op('end');
    return this.out;
  }

  private op(name: string): void {
    const { code } = instruction(name);
    if (code > 0xff) this.out.push(code >> 8, code & 0xff);
    else this.out.push(code);
  }

  private stmts(list: readonly Stmt[]): void {
    for (const s of list) this.stmt(s);
  }

  private stmt(s: Stmt): void {
    switch (s.op) {
      case 'set':
        this.expr(s.value);
        return this.access('set', s.slot);
      case 'do':
        this.expr(s.value);
        return s.drop ? this.op('drop') : undefined;
      case 'if':
        return this.branch(s);
      case 'block':
      case 'loop':
        return this.block(s.op, s.label, () => this.stmts(s.body));
      case 'br':
        return this.jump('br', s.label);
      case 'br_if':
        this.expr(s.condition);
        return this.jump('br_if', s.label);
      case 'br_table':
        return this.table(s);
      case 'return':
        if (s.value) this.expr(s.value);
        return this.op('return');
      case 'goto':
      case 'suspend':
        throw new Error(`${s.op} was not assembled`);
    }
  }

  private branch(s: Stmt & { op: 'if' }): void {
    this.expr(s.condition);
    this.op('if');
    this.out.push(EMPTY);
    this.open.push(undefined);
    this.stmts(s.then);
    if (s.otherwise.length > 0) {
      this.op('else');
      this.stmts(s.otherwise);
    }
    this.open.pop();
    this.op('end');
  }

  private block(name: 'block' | 'loop', label: Label, body: () => void): void {
    this.op(name);
    this.out.push(EMPTY);
    this.open.push(label);
    body();
    this.open.pop();
    this.op('end');
  }

  private jump(name: 'br' | 'br_if', label: Label): void {
    this.op(name);
    writeU32(this.out, this.depth(label));
  }

  /** Blocks between here and the label; a label that isn't open is the end of the function. */
  private depth(label: Label): number {
    const at = this.open.lastIndexOf(label);
    return at < 0 ? this.open.length : this.open.length - 1 - at;
  }

  private table(s: Stmt & { op: 'br_table' }): void {
    this.expr(s.index);
    this.op('br_table');
    writeU32(this.out, s.labels.length);
    for (const label of [...s.labels, s.otherwise]) writeU32(this.out, this.depth(label));
  }

  private access(verb: 'get' | 'set' | 'tee', slot: Slot): void {
    const global = slot.global !== undefined;
    this.op(`${global ? 'global' : 'local'}.${verb}`);
    writeU32(this.out, slot.global ?? this.numbers.local(slot));
  }

  private expr(e: Expr): void {
    switch (e.op) {
      case 'const':
        return writeConstant(this.out, e.type, e.value);
      case 'get':
        return this.access('get', e.slot);
      case 'tee':
        this.expr(e.value);
        return this.access('tee', e.slot);
      case 'unary':
        this.expr(e.value);
        return this.op(e.code);
      case 'binary':
        this.expr(e.left);
        this.expr(e.right);
        return this.op(e.code);
      case 'select':
        this.expr(e.then);
        this.expr(e.otherwise);
        this.expr(e.condition);
        return this.op('select');
      case 'choose':
        return this.choose(e);
      case 'call':
        e.args.forEach((arg) => this.expr(arg));
        this.op('call');
        return writeU32(this.out, this.numbers.callee(e.target));
      case 'seq':
        this.stmts(e.body);
        return this.expr(e.value);
    }
  }

  private choose(e: Expr & { op: 'choose' }): void {
    this.expr(e.condition);
    this.op('if');
    this.out.push(valueTypes[typeOf(e) ?? 'i32']);
    this.open.push(undefined);
    this.expr(e.then);
    this.op('else');
    this.expr(e.otherwise);
    this.open.pop();
    this.op('end');
  }
}
