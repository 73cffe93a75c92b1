/**
 * What WAMR's fast interpreter makes of one function: how long its compiled code is, how many cells its frame has, and
 * what its loader allocates meanwhile, in the loader's own order. The loader walks over the code twice, once to measure
 * and once to write; so does this, because branches wait for their targets in memory in both walks.
 * (wasm_loader_prepare_bytecode in core/iwasm/interpreter/wasm_loader.c; names of its steps are in comments.)
 */
import { ImageError } from '../image/decode.js';
import type { FunctionType } from '../image/module.js';
import { type ValueType, valueTypes } from '../image/opcodes.js';
import { type Block, Blocks, COUNT, OPERAND, sumCells } from './blocks.js';
import { Cursor } from '../image/cursor.js';
import { cellsOf, directResult, operation } from '../image/operations.js';

/** One function as the engine has it. */
export interface Compiled {
  /** Cells of its frame: constants, parameters, locals, operands. */
  readonly cells: number;
  /** Functions that it calls by their index. */
  readonly calls: readonly number[];
  /** Types of the functions that it calls through a table. */
  readonly indirect: readonly number[];
}

export class FunctionLoader extends Blocks {
  private last = 0;
  private readonly calls = new Set<number>();
  private readonly indirect = new Set<number>();

  load(): Compiled {
    this.walk();
    this.arena.alloc(this.peak);
    this.second = true;
    this.stack.restart();
    this.preserved = this.stack.highest;
    this.constants.shrink();
    this.walk();
    const { cells } = this.constants;
    if (cells > 0) this.arena.alloc(4 * cells);
    const frame = cells + this.preserved + 1;
    this.stack.free();
    this.arena.free(this.blockMemory);
    this.constants.free();
    this.arena.free(this.context);
    return { cells: frame, calls: [...this.calls], indirect: [...this.indirect] };
  }

  private walk(): void {
    const cursor = new Cursor(this.body.code);
    this.last = 0;
    this.outermost = this.open('function', { params: [], results: this.type.results });
    while (!cursor.done) {
      const code = cursor.byte();
      this.add(this.layout.label);
      this.last = this.instruction(code, cursor);
    }
    if (this.blocks.length > 0) throw new ImageError('blocks that do not end', cursor.at);
  }

  /** One instruction; returns what counts as the last one for the next. */
  private instruction(code: number, cursor: Cursor): number {
    const handler = this.handlers.get(code);
    if (handler) return handler(cursor) ?? code;
    const wide = code === 0xfc ? 0xfc00 + cursor.u32() : code;
    const found = operation(wide);
    if (!found) throw new ImageError(`opcode 0x${wide.toString(16)}`, cursor.at);
    if (code === 0xfc) this.add(this.layout.byte);
    if (found.extra === 'memory' || found.extra === 'segment') this.add(COUNT);
    for (let i = 0; i < found.numbers; i++) cursor.u32();
    for (const type of [...found.takes].reverse()) this.stack.pop(type, this.top);
    if (found.leaves) this.stack.push(found.leaves);
    return code;
  }

  private readonly handlers = new Map<number, (cursor: Cursor) => number | void>([
    [0x00, () => this.never()],
    [0x01, () => this.take(this.layout.label)],
    [0x02, (c) => this.block(c, 'block')],
    [0x03, (c) => this.block(c, 'loop')],
    [0x04, (c) => this.block(c, 'if')],
    [0x05, () => this.otherwise(this.top)],
    [0x0b, (c) => this.end(c)],
    [0x0c, (c) => this.branch(c.u32(), 'br')],
    [0x0d, (c) => this.branchIf(c)],
    [0x0e, (c) => this.branchTable(c)],
    [0x0f, () => this.leave()],
    [0x10, (c) => this.call(c)],
    [0x11, (c) => this.callIndirect(c)],
    [0x1a, () => this.drop()],
    [0x1b, () => this.select()],
    [0x20, (c) => this.localGet(c)],
    [0x21, (c) => this.localSet(c)],
    [0x22, (c) => this.localTee(c)],
    [0x23, (c) => this.globalGet(c)],
    [0x24, (c) => this.globalSet(c)],
    [0x41, (c) => this.constant('i32', BigInt.asUintN(32, c.signed(32)))],
    [0x42, (c) => this.constant('i64', BigInt.asUintN(64, c.signed(64)))],
    [0x43, (c) => this.constant('f32', c.bits(4))],
    [0x44, (c) => this.constant('f64', c.bits(8))],
  ]);

  private blockType(cursor: Cursor): FunctionType {
    const at = cursor.at;
    const byte = cursor.byte();
    if (byte === 0x40) return { params: [], results: [] };
    const value = (Object.keys(valueTypes) as ValueType[]).find((type) => valueTypes[type] === byte);
    if (value) return { params: [], results: [value] };
    cursor.at = at;
    return this.typeAt(Number(cursor.signed(32)));
  }

  private typeAt(index: number): FunctionType {
    const type = this.module.types[index];
    if (!type) throw new ImageError(`no type ${index}`, 0);
    return type;
  }

  /** The beginning of a block; its parameters are copied to cells of their own. */
  private block(cursor: Cursor, kind: 'block' | 'loop' | 'if'): void {
    const { stack, layout } = this;
    this.preserveAll();
    const reached = !this.top.unreachable || stack.types.length > this.top.cells;
    if (kind === 'if') stack.pop('i32', this.top);
    const type = this.blockType(cursor);
    const places: number[] = [];
    for (const param of [...type.params].reverse()) {
      const available = !this.top.unreachable || stack.types.length > this.top.cells;
      stack.popType(param, this.top);
      if (available) places.unshift(...stack.places.splice(-cellsOf(param)));
    }
    const block = this.open(kind, type);
    for (let i = places.length; i < sumCells(type.params); i++) places.push(0);
    stack.places.push(...places);
    for (const param of type.params) stack.pushType(param);
    if (kind === 'if' && type.params.length > 0 && reached) this.take(OPERAND);
    if (kind !== 'if' || type.params.length > 0) this.take(layout.label);
    if (type.params.length > 0) this.copyParameters(block);
    if (kind !== 'if') return;
    if (type.params.length > 0) {
      this.add(layout.label);
      stack.popPlace('i32', block);
      const cells = sumCells(type.params);
      block.saved = { piece: this.arena.alloc(2 * cells), places: stack.places.slice(-cells) };
    }
    block.after = stack.next;
    this.wait(block, 'else');
    this.wait(block, 'end');
  }

  private otherwise(block: Block): number {
    if (block.kind !== 'if' || block.hasElse) throw new ImageError('else without if', 0);
    this.checkResults(block);
    block.hasElse = true;
    this.keepResults(block, true);
    this.wait(block, 'end');
    this.arrive(block, 'else');
    this.stack.cut(block.cells);
    block.unreachable = false;
    for (const type of block.takes) this.stack.pushType(type);
    this.stack.places.push(...(block.saved?.places ?? []));
    this.stack.next = block.after;
    return 0x05;
  }

  private end(cursor: Cursor): number {
    const block = this.top;
    this.checkResults(block);
    if (block.kind === 'if' && !block.hasElse) {
      cursor.at--;
      return this.otherwise(block);
    }
    if (block.saved) this.arena.free(block.saved.piece);
    this.blocks.pop();
    this.take(this.layout.label);
    this.keepResults(block, false);
    this.arrive(block, 'end');
    for (const { piece } of block.waiting) this.arena.free(piece);
    if (block.kind === 'function') {
      this.add(this.layout.label);
      for (const type of [...block.leaves].reverse()) this.stack.popPlace(type, block);
    }
    return 0x0b;
  }

  /** wasm_loader_check_br and wasm_loader_emit_br_info */
  private branch(depth: number, by: 'br' | 'br_if' | 'br_table'): void {
    const { stack, top } = this;
    const target = this.blocks.at(-1 - depth);
    if (!target) throw new ImageError('no such label', 0);
    const types = target.kind === 'loop' ? target.takes : target.leaves;
    const before = top.unreachable && { types: [...stack.types], places: [...stack.places] };
    if (before) {
      for (const type of [...types].reverse()) stack.pop(type, top);
      for (const type of types) stack.push(type, 0);
    }
    this.branchInfo(target, types, by === 'br');
    if (before && by === 'br_table') {
      stack.types.splice(0, Infinity, ...before.types);
      stack.places.splice(0, Infinity, ...before.places);
    }
    if (by === 'br') this.never();
  }

  private branchIf(cursor: Cursor): void {
    this.stack.pop('i32', this.top);
    this.branch(cursor.u32(), 'br_if');
  }

  private branchTable(cursor: Cursor): void {
    const count = cursor.u32();
    this.add(COUNT);
    this.stack.pop('i32', this.top);
    for (let i = 0; i <= count; i++) this.branch(cursor.u32(), 'br_table');
    this.never();
  }

  private leave(): void {
    for (const type of [...this.type.results].reverse()) this.stack.pop(type, this.top);
    this.never();
  }

  private call(cursor: Cursor): void {
    const index = cursor.u32();
    const imported = this.module.imports.filter(({ kind }) => kind === 'function');
    const type = imported[index]?.type ?? this.module.functions[index - imported.length];
    this.calls.add(index);
    this.add(COUNT);
    this.passes(this.typeAt(type ?? -1));
  }

  private callIndirect(cursor: Cursor): void {
    const index = cursor.u32();
    const type = this.typeAt(index);
    cursor.byte();
    this.indirect.add(index);
    this.add(2 * COUNT);
    this.stack.pop('i32', this.top);
    this.passes(type);
  }

  private passes(type: FunctionType): void {
    for (const param of [...type.params].reverse()) this.stack.pop(param, this.top);
    for (const result of type.results) {
      this.stack.pushType(result);
      this.stack.pushPlace(result);
    }
  }

  private drop(): void {
    const { stack } = this;
    this.take(this.layout.label);
    if (stack.types.length <= this.top.cells) return;
    const cells = cellsOf(stack.types.at(-1) ?? 'any');
    stack.types.length -= cells;
    const at = stack.places.length - cells;
    const place = stack.places[at];
    if (place === undefined) throw new ImageError('operands missing', 0);
    stack.places.length = at;
    stack.release(place, cells);
  }

  private select(): void {
    const { stack } = this;
    stack.pop('i32', this.top);
    const type = stack.types.length > this.top.cells ? (stack.types.at(-1) ?? 'any') : 'any';
    if (stack.types.length > this.top.cells) {
      stack.pop(type, this.top);
      stack.pop(type, this.top);
    }
    stack.push(type);
  }

  private local(cursor: Cursor): { readonly type: ValueType; readonly place: number } {
    const index = cursor.u32();
    const type = this.locals[index];
    if (!type) throw new ImageError(`no local ${index}`, 0);
    return { type, place: this.offsets[index] ?? 0 };
  }

  private localGet(cursor: Cursor): void {
    const { type, place } = this.local(cursor);
    this.take(this.layout.label);
    this.stack.push(type, place);
  }

  private localSet(cursor: Cursor): void {
    const { stack, layout } = this;
    const { type, place } = this.local(cursor);
    const preserved = this.preserve(place, type);
    const direct = place < 256 && !preserved ? directResult(this.last) : undefined;
    if (place >= 256) this.add(COUNT);
    else if (direct === undefined) this.add(layout.byte);
    else this.take(layout.label);
    if (direct === undefined) stack.popPlace(type, this.top);
    else {
      stack.places.length -= direct;
      stack.next -= direct;
    }
    stack.popType(type, this.top);
  }

  private localTee(cursor: Cursor): void {
    const { stack } = this;
    const { type, place } = this.local(cursor);
    if (this.top.unreachable) {
      stack.popPlace(type, this.top);
      stack.pushPlace(type);
    }
    stack.popType(type, this.top);
    stack.pushType(type);
    this.preserve(place, type);
    this.add(place < 256 ? this.layout.byte : COUNT);
    this.add(OPERAND);
  }

  private globalType(cursor: Cursor): ValueType {
    const index = cursor.u32();
    const global = this.module.globals[index];
    if (!global) throw new ImageError(`no global ${index}`, 0);
    this.add(COUNT);
    return global.type;
  }

  private globalGet(cursor: Cursor): void {
    this.stack.push(this.globalType(cursor));
  }

  private globalSet(cursor: Cursor): void {
    this.stack.pop(this.globalType(cursor), this.top);
  }

  private constant(type: ValueType, bits: bigint): void {
    this.take(this.layout.label);
    if (this.second || this.constants.add(cellsOf(type), bits)) return this.stack.push(type, -1);
    this.add(this.layout.label + 4 * cellsOf(type));
    this.stack.push(type);
  }
}
