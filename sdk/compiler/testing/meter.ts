import { decodeModule, Reader } from '../../image/decode.js';
import type { Decoded } from '../../image/decode.js';
import { instructions } from '../../image/opcodes.js';
import type { Instruction } from '../../image/opcodes.js';

/**
 * A second engine for tests, slow and plain: interprets the compiler's modules and counts what runs, as `emit/cost.ts`
 * does. It shares nothing with the cost analysis but the table of opcodes.
 */
export type HostFunction = (field: string, args: readonly Value[]) => Value | undefined;
export type Value = number | bigint;

/** One decoded instruction; `jump`: index behind the matching `end`, of an `if` also of its `else`. */
interface Step {
  readonly row: Instruction;
  readonly immediate: readonly number[];
  readonly constant?: Value;
  end: number;
  otherwise: number;
}

interface Frame {
  readonly locals: Value[];
  readonly stack: Value[];
}

const byCode = new Map(instructions.map((row) => [row.code, row]));

export class MeteredModule {
  instructions = 0;
  calls = 0;
  readonly globals: Value[];
  private readonly module: Decoded;
  private readonly code: Step[][];

  constructor(
    bytes: Uint8Array,
    private readonly host: HostFunction,
  ) {
    this.module = decodeModule(bytes);
    this.globals = this.module.globals.map((each) => each.initial ?? 0);
    this.code = this.module.bodies.map((body) => decodeSteps(body.code));
  }

  /** One reaction; counts anew. */
  react(source: number, argument = 0): void {
    this.instructions = 0;
    this.calls = 0;
    const entry = this.module.exports.find((each) => each.name === 'r');
    this.invoke(entry?.index ?? 0, [source, argument]);
  }

  private invoke(index: number, args: readonly Value[]): Value | undefined {
    const imported = this.module.imports[index];
    if (imported) {
      this.calls++;
      return this.host(imported.field, args);
    }
    const own = index - this.module.imports.length;
    const locals = [...args];
    for (const { count, type } of this.module.bodies[own]?.locals ?? [])
      for (let i = 0; i < count; i++) locals.push(type === 'i64' ? 0n : 0);
    return this.run(this.code[own] ?? [], { locals, stack: [] });
  }

  private run(code: readonly Step[], frame: Frame): Value | undefined {
    /** Open blocks: where a branch goes, and the height of the stack. */
    const open: { target: number; height: number; loop: boolean }[] = [];
    const branch = (depth: number): number => {
      if (depth >= open.length) return code.length;
      const at = open.length - 1 - depth;
      const block = open[at] as { target: number; height: number; loop: boolean };
      open.length = block.loop ? at + 1 : at;
      return block.target;
    };
    for (let at = 0; at < code.length;) {
      const step = code[at] as Step;
      const { name } = step.row;
      at++;
      if (name === 'end') {
        open.pop();
        continue;
      }
      if (name === 'else') {
        open.pop();
        at = step.end;
        continue;
      }
      this.instructions++;
      const [first = 0] = step.immediate;
      if (name === 'block') open.push({ target: step.end, height: 0, loop: false });
      else if (name === 'loop') open.push({ target: at, height: 0, loop: true });
      else if (name === 'if') {
        if (frame.stack.pop() !== 0) open.push({ target: step.end, height: 0, loop: false });
        else {
          at = step.otherwise;
          if (step.otherwise !== step.end) open.push({ target: step.end, height: 0, loop: false });
        }
      } else if (name === 'br') at = branch(first);
      else if (name === 'br_if') at = frame.stack.pop() !== 0 ? branch(first) : at;
      else if (name === 'br_table')
        at = branch(step.immediate[Math.min(Number(frame.stack.pop()) >>> 0, step.immediate.length - 1)] ?? 0);
      else if (name === 'return') return frame.stack.pop();
      else this.simple(step, frame);
    }
    return frame.stack.pop();
  }

  private simple({ row, immediate, constant }: Step, { locals, stack }: Frame): void {
    const [index = 0] = immediate;
    const pop = (): Value => stack.pop() as Value;
    switch (row.name) {
      case 'local.get':
        stack.push(locals[index] as Value);
        return;
      case 'local.set':
        locals[index] = pop();
        return;
      case 'local.tee':
        locals[index] = stack.at(-1) as Value;
        return;
      case 'global.get':
        stack.push(this.globals[index] as Value);
        return;
      case 'global.set':
        this.globals[index] = pop();
        return;
      case 'drop':
        pop();
        return;
      case 'select': {
        const [then, otherwise, condition] = stack.splice(-3) as [Value, Value, Value];
        stack.push(condition !== 0 ? then : otherwise);
        return;
      }
      case 'call': {
        const imported = this.module.imports[index];
        const type =
          this.module.types[
            imported ? (imported.type ?? 0) : (this.module.functions[index - this.module.imports.length] ?? 0)
          ];
        const args = stack.splice(stack.length - (type?.params.length ?? 0));
        const result = this.invoke(index, args);
        if (type && type.results.length > 0) stack.push(result ?? 0);
        return;
      }
      default:
        if (constant !== undefined) stack.push(constant);
        else stack.push(arithmetic(row.name, stack));
    }
  }
}

function decodeSteps(code: Uint8Array): Step[] {
  const reader = new Reader(code);
  const steps: Step[] = [];
  const open: number[] = [];
  while (reader.at < code.length) {
    const first = reader.byte();
    const row = byCode.get(first === 0xfc ? 0xfc00 + reader.u32() : first);
    if (!row) throw new Error(`opcode ${first}`);
    const step: Step = { row, end: 0, otherwise: 0, ...immediates(reader, row) };
    const at = steps.push(step);
    if (row.immediate === 'block') open.push(at - 1);
    if (row.name === 'else') (steps[open.at(-1) ?? 0] as Step).otherwise = at;
    if (row.name !== 'end') continue;
    const start = open.pop();
    if (start === undefined) continue;
    const block = steps[start] as Step;
    block.end = at;
    // An `else` that is run into ends the block; without one, a false condition does.
    if (block.otherwise > 0) (steps[block.otherwise - 1] as Step).end = at;
    else block.otherwise = at;
  }
  return steps;
}

function immediates(reader: Reader, { immediate }: Instruction): Pick<Step, 'immediate' | 'constant'> {
  switch (immediate) {
    case 'none':
      return { immediate: [] };
    case 'block':
      return { immediate: [reader.byte()] };
    case 'table':
      return { immediate: [...reader.list(() => reader.u32()), reader.u32()] };
    case 'i32':
      return { immediate: [], constant: Number(reader.signed(32)) };
    case 'i64':
      return { immediate: [], constant: reader.signed(64) };
    case 'f32': {
      const bytes = reader.take(4);
      return { immediate: [], constant: new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true) };
    }
    case 'label':
    case 'function':
    case 'local':
    case 'global':
      return { immediate: [reader.u32()] };
  }
}

const bool = (value: boolean): number => (value ? 1 : 0);

/** One operation on the stack's last operands. */
function arithmetic(name: string, stack: Value[]): Value {
  const [type, op = ''] = name.split('.');
  const b = stack.pop() as Value;
  const one = unary(name, b);
  if (one !== undefined) return one;
  const a = stack.pop() as Value;
  if (type === 'f32') return float(op, Number(a), Number(b));
  const bits = type === 'i64' ? 64 : 32;
  const unsigned = op.endsWith('_u');
  const view = (value: Value): bigint =>
    unsigned ? BigInt.asUintN(bits, BigInt(value)) : BigInt.asIntN(bits, BigInt(value));
  const result = integer(op.replace(/_[su]$/, ''), view(a), view(b), BigInt(bits));
  if (typeof result === 'boolean') return bool(result);
  const wrapped = BigInt.asIntN(bits, result);
  return bits === 64 ? wrapped : Number(wrapped);
}

function integer(op: string, a: bigint, b: bigint, bits: bigint): bigint | boolean {
  const count = BigInt.asUintN(Number(bits), b) % bits;
  switch (op) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'lt':
      return a < b;
    case 'gt':
      return a > b;
    case 'le':
      return a <= b;
    case 'ge':
      return a >= b;
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return a / b;
    case 'rem':
      return a % b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return a << count;
    case 'shr':
      return a >> count;
    default:
      throw new Error(`no ${op}`);
  }
}

function float(op: string, a: number, b: number): number {
  switch (op) {
    case 'eq':
      return bool(a === b);
    case 'ne':
      return bool(a !== b);
    case 'lt':
      return bool(a < b);
    case 'gt':
      return bool(a > b);
    case 'le':
      return bool(a <= b);
    case 'ge':
      return bool(a >= b);
    case 'add':
      return Math.fround(a + b);
    case 'sub':
      return Math.fround(a - b);
    case 'mul':
      return Math.fround(a * b);
    case 'div':
      return Math.fround(a / b);
    default:
      throw new Error(`no f32.${op}`);
  }
}

function truncated(value: Value, bits: number, signed: boolean): bigint {
  const float = Number(value);
  if (Number.isNaN(float)) return 0n;
  const low = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const high = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  if (float <= Number(low)) return low;
  return float >= Number(high) ? high : BigInt(Math.trunc(float));
}

function unary(name: string, value: Value): Value | undefined {
  switch (name) {
    case 'i32.eqz':
    case 'i64.eqz':
      return bool(Number(value) === 0);
    case 'f32.neg':
      return -Number(value);
    case 'i32.wrap_i64':
      return Number(BigInt.asIntN(32, BigInt(value)));
    case 'i64.extend_i32_s':
      return BigInt(value);
    case 'i64.extend_i32_u':
      return BigInt.asUintN(32, BigInt(value));
    case 'f32.convert_i32_s':
      return Math.fround(Number(value));
    case 'f32.convert_i32_u':
      return Math.fround(Number(value) >>> 0);
    case 'f32.convert_i64_s':
      return Math.fround(Number(value));
    case 'i32.extend8_s':
      return (Number(value) << 24) >> 24;
    case 'i32.extend16_s':
      return (Number(value) << 16) >> 16;
    case 'i32.trunc_sat_f32_s':
      return Number(truncated(value, 32, true));
    case 'i32.trunc_sat_f32_u':
      return Number(BigInt.asIntN(32, truncated(value, 32, false)));
    case 'i64.trunc_sat_f32_s':
      return truncated(value, 64, true);
    default:
      return undefined;
  }
}
