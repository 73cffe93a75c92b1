/**
 * What an engine's loader keeps on stacks while it reads a function: variables, blocks inside of each other, operands.
 * Counts alone are followed, not types, which are the loader's to check.
 */
import { limits } from '../../hal/contract/index.js';
import { Cursor } from './cursor.js';
import { ImageError } from './decode.js';
import type { Decoded } from './decode.js';
import type { FunctionType } from './module.js';
import { operation } from './operations.js';
import { valueTypes } from './opcodes.js';

interface Block {
  readonly kind: 'function' | 'block' | 'loop' | 'if' | 'else';
  readonly takes: number;
  readonly leaves: number;
  /** Operands that are not the block's. */
  readonly below: number;
  reached: boolean;
}

/** More of something than a limit of the contract allows. */
export class Excess extends Error {
  constructor(count: number, what: string, limit: keyof typeof limits) {
    super(`${count} ${what}, at most ${limits[limit].value}`);
  }
}

/** Refuses more of something than the limit. */
export function atMost(count: number, what: string, limit: keyof typeof limits): void {
  if (count > limits[limit].value) throw new Excess(count, what, limit);
}

/** Throws Excess, or ImageError if the code is none. */
export function verifyCode(module: Decoded): void {
  const signatures = [...module.imports.map(({ type }) => type ?? -1), ...module.functions].map((type) =>
    typeAt(module, type),
  );
  let variables = 0;
  module.bodies.forEach(({ locals, code }, i) => {
    variables += locals.reduce((sum, { count }) => sum + count, 0);
    atMost(variables, 'variables of functions', 'locals');
    const own = signatures[module.imports.length + i] as FunctionType;
    new Walk(module, signatures, code, own.results.length).run();
  });
}

function typeAt(module: Decoded, index: number): FunctionType {
  const type = module.types[index];
  if (!type) throw new ImageError(`no type ${index}`, 0);
  return type;
}

class Walk {
  private readonly blocks: Block[];
  private readonly cursor: Cursor;
  private height = 0;

  constructor(
    private readonly module: Decoded,
    private readonly signatures: readonly FunctionType[],
    private readonly code: Uint8Array,
    results: number,
  ) {
    this.cursor = new Cursor(code);
    this.blocks = [{ kind: 'function', takes: 0, leaves: results, below: 0, reached: true }];
  }

  run(): void {
    while (this.blocks.length > 0) this.instruction(this.cursor.byte());
    if (this.cursor.at !== this.code.length) throw new ImageError('code behind the end of a function', this.cursor.at);
  }

  private get top(): Block {
    return this.blocks.at(-1) as Block;
  }

  private take(count: number): void {
    const { below, reached } = this.top;
    if (reached && this.height - count < below) throw new ImageError('operands missing', this.cursor.at);
    this.height = Math.max(below, this.height - count);
  }

  private leave(count: number): void {
    this.height += count;
    atMost(this.height, 'operands', 'operands');
  }

  private stop(): void {
    this.top.reached = false;
    this.height = this.top.below;
  }

  private instruction(code: number): void {
    const structured = this.structured.get(code);
    if (structured) return structured();
    const found = this.simple.get(code);
    if (found) {
      for (let i = 0; i < found.numbers; i++) this.number();
      this.cursor.at += found.bytes;
      this.take(found.takes);
      return this.leave(found.leaves);
    }
    const wide = code === 0xfc ? 0xfc00 + this.cursor.u32() : code;
    const known = operation(wide);
    if (!known) throw new ImageError(`opcode 0x${wide.toString(16)}`, this.cursor.at);
    for (let i = 0; i < known.numbers; i++) this.number();
    this.take(known.takes.length);
    this.leave(known.leaves ? 1 : 0);
  }

  /** A number whose value doesn't matter, of up to 64 bits. */
  private number(): void {
    this.cursor.signed(64);
  }

  private readonly simple = new Map(
    (
      [
        [0x01, 0, 0, 0, 0],
        [0x1a, 0, 0, 1, 0],
        [0x1b, 0, 0, 3, 1],
        [0x20, 1, 0, 0, 1],
        [0x21, 1, 0, 1, 0],
        [0x22, 1, 0, 1, 1],
        [0x23, 1, 0, 0, 1],
        [0x24, 1, 0, 1, 0],
        [0x41, 1, 0, 0, 1],
        [0x42, 1, 0, 0, 1],
        [0x43, 0, 4, 0, 1],
        [0x44, 0, 8, 0, 1],
      ] as const
    ).map(([code, numbers, bytes, takes, leaves]) => [code as number, { numbers, bytes, takes, leaves }]),
  );

  private readonly structured = new Map<number, () => void>([
    [0x00, () => this.stop()],
    [0x02, () => this.open('block')],
    [0x03, () => this.open('loop')],
    [0x04, () => this.open('if')],
    [0x05, () => this.otherwise()],
    [0x0b, () => this.end()],
    [0x0c, () => (this.number(), this.stop())],
    [0x0d, () => this.branchIf()],
    [0x0e, () => this.branchTable()],
    [0x0f, () => this.stop()],
    [0x10, () => this.call()],
    [0x11, () => this.callIndirect()],
  ]);

  private open(kind: 'block' | 'loop' | 'if'): void {
    if (kind === 'if') this.take(1);
    const { params, results } = this.blockType();
    this.take(params);
    atMost(this.blocks.length, 'blocks inside of each other', 'nesting');
    this.blocks.push({ kind, takes: params, leaves: results, below: this.height, reached: true });
    this.leave(params);
  }

  private blockType(): { readonly params: number; readonly results: number } {
    const start = this.cursor.at;
    const byte = this.cursor.byte();
    if (byte === 0x40) return { params: 0, results: 0 };
    if ((Object.values(valueTypes) as number[]).includes(byte)) return { params: 0, results: 1 };
    this.cursor.at = start;
    const { params, results } = typeAt(this.module, this.cursor.u32());
    return { params: params.length, results: results.length };
  }

  private otherwise(): void {
    const block = this.blocks.pop();
    if (block?.kind !== 'if') throw new ImageError('else without if', this.cursor.at);
    this.blocks.push({ ...block, kind: 'else', reached: true });
    this.height = block.below;
    this.leave(block.takes);
  }

  private end(): void {
    const block = this.blocks.pop() as Block;
    this.height = block.below;
    if (this.blocks.length > 0) this.leave(block.leaves);
  }

  private branchIf(): void {
    this.take(1);
    const target = this.blocks.at(-1 - this.cursor.u32());
    if (!target) throw new ImageError('no such label', this.cursor.at);
    const count = target.kind === 'loop' ? target.takes : target.leaves;
    this.take(count);
    this.leave(count);
  }

  private branchTable(): void {
    const count = this.cursor.u32();
    atMost(count, 'labels of a br_table', 'branches');
    for (let i = 0; i <= count; i++) this.number();
    this.take(1);
    this.stop();
  }

  private call(): void {
    const type = this.signatures[this.cursor.u32()];
    if (!type) throw new ImageError('no such function', this.cursor.at);
    this.take(type.params.length);
    this.leave(type.results.length);
  }

  private callIndirect(): void {
    const type = typeAt(this.module, this.cursor.u32());
    this.cursor.byte();
    this.take(1 + type.params.length);
    this.leave(type.results.length);
  }
}
