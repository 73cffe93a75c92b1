import type { HostCall } from '../../../hal/contract/index.js';
import { ENTRY, SECTION } from '../../../hal/contract/index.js';
import { encodeModule } from '../../image/encode.js';
import type { FunctionType, WasmModule } from '../../image/module.js';
import type { Func, Lowered, Target } from '../lower/ir.js';
import { wasmType } from '../lower/ir.js';
import { eachExprIn } from '../lower/walk.js';
import { CodeWriter } from './code.js';
import { numberLocals } from './locals.js';

/** The host calls that a program makes, ascending by id: its imports. */
export function importsOf(lowered: Lowered): HostCall[] {
  const found = new Set<HostCall>();
  for (const func of lowered.functions)
    eachExprIn(func.body, (e) => e.op === 'call' && 'host' in e.target && found.add(e.target.host));
  return [...found].sort((a, b) => a.id - b.id);
}

/** Encodes a lowered program, without its manifest. */
export function emitModule(lowered: Lowered): Uint8Array {
  const types: FunctionType[] = [];
  const typeIndex = (type: FunctionType): number => {
    const key = JSON.stringify(type);
    const known = types.findIndex((each) => JSON.stringify(each) === key);
    return known >= 0 ? known : types.push(type) - 1;
  };
  const calls = importsOf(lowered);
  const imports = calls.map((call) => ({
    module: SECTION,
    field: call.id.toString(36),
    type: typeIndex(hostType(call)),
  }));
  const callee = (target: Target): number =>
    'host' in target ? calls.indexOf(target.host) : calls.length + lowered.functions.indexOf(target.fn);
  const functions = lowered.functions.map((func) => {
    const { number, types: locals } = numberLocals(func);
    const code = new CodeWriter({ local: (slot) => number.get(slot) as number, callee }).func(func);
    return { type: typeIndex(funcType(func)), locals, code };
  });
  const globals = lowered.globals.map(({ slot, initial }) => ({ type: slot.type, mutable: true, initial }));
  const module: WasmModule = {
    types,
    imports,
    functions,
    globals,
    exports: [{ name: ENTRY, function: calls.length }],
    customs: [],
  };
  return encodeModule(module);
}

/** Bytes of one function's code, with rough numbers for what it refers to. */
export function sizeOf(func: Func): number {
  const { number, types } = numberLocals(func);
  return (
    new CodeWriter({ local: (slot) => number.get(slot) as number, callee: () => 0 }).func(func).length +
    2 * new Set(types).size
  );
}

function hostType(call: HostCall): FunctionType {
  const first = call.kinds.length > 0 || call.timer ? (['i32'] as const) : [];
  return {
    params: [...first, ...call.params.map((param) => wasmType(param.type))],
    results: call.result ? [wasmType(call.result.type)] : [],
  };
}

const funcType = (func: Func): FunctionType => ({
  params: func.params.map((slot) => slot.type),
  results: func.result ? [func.result] : [],
});
