/** What follows an opcode. `block`: a block type; `const`: the value. */
export type Immediate = 'none' | 'block' | 'label' | 'table' | 'function' | 'local' | 'global' | 'i32' | 'i64' | 'f32';

/** One instruction: mnemonic, bytes, immediate. */
export interface Instruction {
  readonly name: string;
  /** One byte, or 0xfc and a second one as 0xfc00 + second. */
  readonly code: number;
  readonly immediate: Immediate;
}

const row = (code: number, name: string, immediate: Immediate = 'none'): Instruction => ({ code, name, immediate });
const run = (first: number, names: string): Instruction[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name, i) => row(first + i, name));

/** Every instruction that the compiler emits and the disassembler names; others are shown by number. */
export const instructions: readonly Instruction[] = [
  row(0x00, 'unreachable'),
  row(0x01, 'nop'),
  row(0x02, 'block', 'block'),
  row(0x03, 'loop', 'block'),
  row(0x04, 'if', 'block'),
  row(0x05, 'else'),
  row(0x0b, 'end'),
  row(0x0c, 'br', 'label'),
  row(0x0d, 'br_if', 'label'),
  row(0x0e, 'br_table', 'table'),
  row(0x0f, 'return'),
  row(0x10, 'call', 'function'),
  row(0x1a, 'drop'),
  row(0x1b, 'select'),
  row(0x20, 'local.get', 'local'),
  row(0x21, 'local.set', 'local'),
  row(0x22, 'local.tee', 'local'),
  row(0x23, 'global.get', 'global'),
  row(0x24, 'global.set', 'global'),
  row(0x41, 'i32.const', 'i32'),
  row(0x42, 'i64.const', 'i64'),
  row(0x43, 'f32.const', 'f32'),
  ...run(
    0x45,
    `i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u
    i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u
    f32.eq f32.ne f32.lt f32.gt f32.le f32.ge`,
  ),
  ...run(
    0x67,
    `i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u i32.and i32.or i32.xor
    i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr
    i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u i64.and i64.or i64.xor
    i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr
    f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign`,
  ),
  row(0xa7, 'i32.wrap_i64'),
  row(0xa8, 'i32.trunc_f32_s'),
  row(0xa9, 'i32.trunc_f32_u'),
  row(0xac, 'i64.extend_i32_s'),
  row(0xad, 'i64.extend_i32_u'),
  row(0xb2, 'f32.convert_i32_s'),
  row(0xb3, 'f32.convert_i32_u'),
  row(0xb4, 'f32.convert_i64_s'),
  row(0xb5, 'f32.convert_i64_u'),
  row(0xbc, 'i32.reinterpret_f32'),
  row(0xbe, 'f32.reinterpret_i32'),
  row(0xc0, 'i32.extend8_s'),
  row(0xc1, 'i32.extend16_s'),
  row(0xfc00, 'i32.trunc_sat_f32_s'),
  row(0xfc01, 'i32.trunc_sat_f32_u'),
  row(0xfc04, 'i64.trunc_sat_f32_s'),
  row(0xfc05, 'i64.trunc_sat_f32_u'),
];

const byName = new Map(instructions.map((each) => [each.name, each]));

/** The instruction of that name; an unknown name is a bug. */
export function instruction(name: string): Instruction {
  const found = byName.get(name);
  if (!found) throw new Error(`no instruction ${name}`);
  return found;
}

/** Value types and their bytes. */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;
export type ValueType = keyof typeof valueTypes;
