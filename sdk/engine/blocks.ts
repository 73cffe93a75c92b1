/**
 * Blocks of a function, and what the loader of WAMR's fast interpreter notes for them: the length of the compiled code,
 * branches that wait for their targets, results that are copied, variables that are saved.
 * (core/iwasm/interpreter/wasm_loader.c; names of its steps are in comments.)
 */
import { ImageError } from '../image/decode.js';
import type { Decoded } from '../image/decode.js';
import type { FunctionType } from '../image/module.js';
import type { ValueType } from '../image/opcodes.js';
import type { Layout } from '../../hal/contract/index.js';
import type { Arena, Piece } from './arena.js';
import { Constants } from './constants.js';
import { type Base, Operands, type Type } from './operands.js';
import { cellsOf } from '../image/operations.js';

/** Blocks that the loader has room for at first, and by how many it grows. */
const BLOCKS = 8;

export interface Block extends Base {
  readonly kind: 'function' | 'block' | 'loop' | 'if';
  readonly takes: readonly ValueType[];
  readonly leaves: readonly ValueType[];
  /** First cell of its results, and the next free one after its condition. */
  readonly place: number;
  after: number;
  hasElse: boolean;
  readonly waiting: { readonly piece: Piece; readonly for: 'else' | 'end' }[];
  saved?: { readonly piece: Piece; readonly places: readonly number[] };
}

/** Bytes of a count in compiled code, and of an operand. */
export const COUNT = 4;
export const OPERAND = 2;

export const sumCells = (types: readonly ValueType[]): number => types.reduce((sum, type) => sum + cellsOf(type), 0);

export class Blocks {
  protected readonly stack: Operands;
  protected readonly constants: Constants;
  protected readonly blocks: Block[] = [];
  protected room = BLOCKS;
  protected blockMemory: Piece;
  protected readonly context: Piece;
  protected bytes = 0;
  protected peak = 0;
  protected second = false;
  protected preserved = 0x7fff;
  protected readonly locals: readonly ValueType[];
  protected readonly offsets: number[] = [];

  constructor(
    protected readonly module: Decoded,
    protected readonly type: FunctionType,
    protected readonly body: Decoded['bodies'][number],
    protected readonly arena: Arena,
    protected readonly layout: Layout,
  ) {
    this.locals = [...type.params, ...body.locals.flatMap((l) => Array.from({ length: l.count }, () => l.type))];
    let cells = 0;
    for (const local of this.locals) {
      this.offsets.push(cells);
      cells += cellsOf(local);
    }
    this.context = arena.alloc(layout.context);
    this.stack = new Operands(arena, cells, () => this.add(OPERAND));
    const types = this.stack.allocTypes();
    this.blockMemory = arena.alloc(BLOCKS * layout.block);
    this.stack.own(types, this.stack.allocPlaces());
    this.constants = new Constants(arena);
  }

  protected add(bytes: number): void {
    if (this.second) return;
    this.bytes += bytes;
    this.peak = Math.max(this.peak, this.bytes);
  }

  protected take(bytes: number): void {
    if (!this.second) this.bytes -= bytes;
  }

  protected get top(): Block {
    return this.blocks.at(-1) ?? this.outermost;
  }

  protected outermost: Block = { ...this.newBlock('function', { params: [], results: [] }) };

  protected newBlock(kind: Block['kind'], type: FunctionType): Block {
    return {
      kind,
      takes: type.params,
      leaves: type.results,
      cells: this.stack?.types.length ?? 0,
      place: this.stack?.next ?? 0,
      after: 0,
      hasElse: false,
      unreachable: false,
      waiting: [],
    };
  }

  /** PUSH_CSP */
  protected open(kind: Block['kind'], type: FunctionType): Block {
    if (this.blocks.length >= this.room) {
      this.room += BLOCKS;
      this.blockMemory = this.arena.replace(this.blockMemory, this.room * this.layout.block);
    }
    const block = this.newBlock(kind, type);
    this.blocks.push(block);
    return block;
  }

  /** Nothing behind this can be reached. */
  protected never(): void {
    this.stack.cut(this.top.cells);
    this.top.unreachable = true;
  }

  /** copy_params_to_dynamic_space */
  protected copyParameters(block: Block): void {
    const condition = block.kind === 'if' ? 1 : 0;
    const count = block.takes.length + condition;
    const copies = this.arena.alloc(3 * count);
    for (const type of [...block.takes].reverse()) {
      this.stack.popPlace(type, block);
      this.take(OPERAND);
    }
    this.add(this.layout.label + 2 * COUNT + count * (this.layout.byte + OPERAND));
    if (block.kind === 'loop') block.after = this.stack.next;
    for (const type of block.takes) this.stack.pushPlace(type);
    if (condition) this.stack.pushPlace('i32');
    this.arena.free(copies);
  }

  /** add_label_patch_to_list: an address that is known later. */
  protected wait(block: Block, until: 'else' | 'end'): void {
    block.waiting.push({ piece: this.arena.alloc(this.layout.patch), for: until });
    this.add(this.layout.pointer);
  }

  /** apply_label_patch: in the second walk those that waited are done. */
  protected arrive(block: Block, at: 'else' | 'end'): void {
    if (!this.second) return;
    for (let i = block.waiting.length - 1; i >= 0; i--) {
      const waits = block.waiting[i];
      if (waits?.for !== at) continue;
      this.arena.free(waits.piece);
      block.waiting.splice(i, 1);
    }
  }

  /** check_block_stack: behind what can't be reached, the results are taken to be there. */
  protected checkResults(block: Block): void {
    if (!block.unreachable) return;
    for (const type of [...block.leaves].reverse()) {
      this.stack.popPlace(type, this.top);
      this.stack.popType(type, this.top);
    }
    if (this.stack.types.length !== block.cells) throw new ImageError('operands left over', 0);
    for (const type of block.leaves) this.stack.push(type, 0);
  }

  /** reserve_block_ret: results are copied to the block's own cells, unless they are there. */
  protected keepResults(block: Block, otherwise: boolean): void {
    const { stack, layout } = this;
    const [only] = block.leaves;
    if (block.leaves.length !== 1 || !only) return this.keepSeveral(block, otherwise);
    const cells = cellsOf(only);
    const at = stack.places.length - cells;
    if (stack.places[at] === block.place) return;
    if (otherwise) this.take(layout.label);
    this.add(layout.label + 2 * OPERAND);
    if (otherwise) {
      stack.places[at] = block.place;
      this.add(layout.label);
      return;
    }
    stack.places.length = at;
    stack.next = block.place;
    stack.pushPlace(only);
    this.take(OPERAND);
  }

  protected keepSeveral(block: Block, otherwise: boolean): void {
    const { stack, layout } = this;
    let from = stack.places.length;
    let to = block.place + sumCells(block.leaves);
    let copies = 0;
    for (const type of [...block.leaves].reverse()) {
      from -= cellsOf(type);
      to -= cellsOf(type);
      if (from < 0) throw new ImageError('operands missing', 0);
      if (stack.places[from] !== to) copies++;
      if (otherwise || stack.places[from] !== to) stack.places[from] = to;
    }
    if (copies === 0) return;
    this.arena.free(this.arena.alloc(5 * copies));
    if (otherwise) this.take(layout.label);
    this.add(layout.label + 2 * COUNT + copies * (layout.byte + 2 * OPERAND));
    if (otherwise) return this.add(layout.label);
    stack.next = block.place + sumCells(block.leaves);
    stack.highest = Math.max(stack.highest, stack.next);
  }

  protected branchInfo(target: Block, types: readonly ValueType[], moves: boolean): void {
    this.add(COUNT);
    if (types.length > 0) {
      this.add(COUNT + types.length * (this.layout.byte + 2 * OPERAND));
      if (moves) this.stack.next = (target.kind === 'loop' ? target.after : target.place) + sumCells(types);
    }
    if (target.kind === 'loop') this.add(this.layout.pointer);
    else this.wait(target, 'end');
  }

  /** preserve_referenced_local: an operand that is a variable's value is saved before the variable changes. */
  protected preserve(place: number, type: Type): boolean {
    const { stack } = this;
    let saved: number | undefined;
    for (let i = 0; i < stack.types.length; i += cellsOf(stack.types[i] ?? 'any')) {
      if (stack.places[i] !== place) continue;
      if (saved === undefined) {
        saved = this.preserved;
        if (this.second) this.preserved += cellsOf(type);
        this.take(this.layout.label);
        this.add(2 * this.layout.label + 2 * OPERAND);
      }
      stack.places[i] = saved;
    }
    return saved !== undefined;
  }

  /** preserve_local_for_block */
  protected preserveAll(): void {
    const { stack } = this;
    for (let i = 0; i < stack.types.length; i += cellsOf(stack.types[i] ?? 'any')) {
      const place = stack.places[i] ?? -1;
      if (place >= 0 && place < stack.start) this.preserve(place, stack.types[i] ?? 'any');
    }
  }
}
