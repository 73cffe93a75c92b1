import { calls, ENTRY } from '../../hal/contract/index.js';
import { decodeModule, Reader } from './decode.js';
import type { Decoded } from './decode.js';
import { instructions } from './opcodes.js';
import type { Instruction } from './opcodes.js';

const byCode = new Map<number, Instruction>(instructions.map((each) => [each.code, each]));
const types: Readonly<Record<number, string>> = {
  0x40: '',
  0x7f: ' (result i32)',
  0x7e: ' (result i64)',
  0x7d: ' (result f32)',
  0x7c: ' (result f64)',
};

/** The code of a module as text in the manner of WAT, with host calls by their names in the contract. */
export function disassemble(bytes: Uint8Array): string {
  const module = decodeModule(bytes);
  const lines: string[] = ['(module'];
  module.imports.forEach((each, i) =>
    lines.push(
      `  (import "${each.module}" "${each.field}" (func ${nameOf(module, i)}${signature(module, each.type)}))`,
    ),
  );
  module.globals.forEach((each, i) =>
    lines.push(
      `  (global $g${i} ${each.mutable ? `(mut ${each.type})` : each.type} (${each.type}.const ` +
        `${String(each.initial ?? '…')}))`,
    ),
  );
  module.functions.forEach((type, i) => lines.push(...functionLines(module, type, i)));
  return `${lines.join('\n')})\n`;
}

function nameOf(module: Decoded, index: number): string {
  const imported = module.imports[index];
  if (imported)
    return `$${calls.find((call) => call.id.toString(36) === imported.field)?.name ?? `unknown.${imported.field}`}`;
  const exported = module.exports.find((each) => each.kind === 'function' && each.index === index);
  return exported ? `$${exported.name}` : `$f${index}`;
}

function signature(module: Decoded, index: number | undefined): string {
  const type = module.types[index ?? -1];
  if (!type) return '';
  const part = (word: string, list: readonly string[]): string =>
    list.length > 0 ? ` (${word} ${list.join(' ')})` : '';
  return part('param', type.params) + part('result', type.results);
}

function functionLines(module: Decoded, type: number, i: number): string[] {
  const body = module.bodies[i];
  const name = nameOf(module, module.imports.length + i);
  const lines = [`  (func ${name}${name === `$${ENTRY}` ? ` (export "${ENTRY}")` : ''}${signature(module, type)}`];
  if (!body) return lines;
  const locals = body.locals.flatMap(({ count, type: each }) =>
    Array.from({ length: Math.min(count, 64) }, () => each),
  );
  if (locals.length > 0) lines.push(`    (local ${locals.join(' ')})`);
  const reader = new Reader(body.code);
  let depth = 0;
  while (reader.at < body.code.length) {
    const text = instructionText(module, reader);
    const closes = text === 'end' || text === 'else';
    if (closes) depth--;
    if (text !== 'end' || reader.at < body.code.length) lines.push(`${'  '.repeat(Math.max(0, depth) + 2)}${text}`);
    if (text === 'else' || /^(block|loop|if)\b/.test(text)) depth++;
  }
  lines[lines.length - 1] += ')';
  return lines;
}

/** One instruction; what the compiler never emits is shown by its number and ends the listing of its function. */
function instructionText(module: Decoded, reader: Reader): string {
  const first = reader.byte();
  const code = first === 0xfc ? 0xfc00 + reader.u32() : first;
  const found = byCode.get(code);
  if (!found) {
    reader.at = reader.end;
    return `;; opcode 0x${code.toString(16)}`;
  }
  return found.name + immediateText(module, reader, found);
}

function immediateText(module: Decoded, reader: Reader, { immediate }: Instruction): string {
  switch (immediate) {
    case 'none':
      return '';
    case 'block':
      return types[reader.byte()] ?? ' (type)';
    case 'label':
    case 'local':
      return ` ${reader.u32()}`;
    case 'global':
      return ` $g${reader.u32()}`;
    case 'function':
      return ` ${nameOf(module, reader.u32())}`;
    case 'table':
      return ` ${[...reader.list(() => reader.u32()), reader.u32()].join(' ')}`;
    case 'i32':
      return ` ${reader.signed(32)}`;
    case 'i64':
      return ` ${reader.signed(64)}`;
    case 'f32': {
      const part = reader.take(4);
      return ` ${new DataView(part.buffer, part.byteOffset, 4).getFloat32(0, true)}`;
    }
  }
}
