import { calls } from '../../../../hal/contract/index.js';
import type { HostCall, Scalar } from '../../../../hal/contract/index.js';
import type * as ast from '../../parse/ast.js';
import { coerce, typed } from '../coerce.js';
import type { Effect, Operand } from '../coerce.js';
import type { Context } from '../context.js';
import { carriersOf } from '../events.js';
import { methodsOf } from '../methods.js';
import type { Expression, Fn } from '../program.js';
import { contractType, scalars, typeText } from '../types.js';
import type { Type } from '../types.js';
import { cast } from './convert.js';
import { expression } from './index.js';

type Call = ast.Expression & { kind: 'call' };
interface Parameter {
  readonly name: string;
  readonly type: Type;
}

/** A method of a handle, a function, a cast or a built-in. It may have no result. */
export function call(x: Context, node: Call): Operand | Effect | undefined {
  const { callee } = node;
  if (callee.kind === 'member' && callee.object.kind === 'name')
    return method(x, node, callee.object.name, callee.name);
  if (callee.kind !== 'name') {
    if (callee.kind !== 'bad') x.bag.report('T0220', callee.span, { name: 'this' });
    return undefined;
  }
  const name = callee.name.text;
  const scalar = scalars.find((candidate) => candidate === name);
  if (scalar) return castCall(x, node, scalar);
  if (name === 'now' && !x.scope.find(name)) return builtin(x, node, 'timer.now');
  if (name === 'save' && !x.scope.find(name)) return builtin(x, node, 'param.save');
  const meaning = x.resolve(callee.name)?.meaning;
  if (!meaning) return undefined;
  if (meaning.kind === 'fn') return fnCall(x, node, meaning.fn);
  x.bag.report('T0220', callee.span, { name });
  return undefined;
}

function castCall(x: Context, node: Call, scalar: Scalar): Operand | undefined {
  const [only, ...rest] = node.args;
  if (!only || rest.length > 0 || only.name) {
    x.bag.report('T0312', node.span, {
      name: scalar,
      wanted: 'one value',
      found: String(node.args.length),
      list: `(value)`,
    });
    return undefined;
  }
  const operand = expression(x, only.value);
  return operand && cast(x, scalar, operand, node.span);
}

function builtin(x: Context, node: Call, id: string): Operand | Effect | undefined {
  const found = calls.find((candidate) => candidate.name === id) as HostCall;
  return hostCall(x, node, found, node.callee.kind === 'name' ? node.callee.name.text : '', {});
}

function method(x: Context, node: Call, object: ast.Name, name: ast.Name): Operand | Effect | undefined {
  if (object.text === 'board') {
    x.bag.report(
      'T0219',
      object.span,
      { name: 'board', article: 'the', found: 'board' },
      { fix: `declare a handle: \`use x: gpio.out = board.${name.text}\`` },
    );
    return undefined;
  }
  const meaning = x.resolve(object)?.meaning;
  if (!meaning || name.text === '') return undefined;
  if (meaning.kind !== 'handle') {
    x.bag.report('T0220', node.callee.span, { name: `${object.text}.${name.text}` });
    return undefined;
  }
  const { handle } = meaning;
  if (handle.kind === 'publish' && name.text === 'send') {
    x.bag.report('T0314', node.span, { name: 'send' });
    return undefined;
  }
  const found = methodsOf(handle).find((candidate) => candidate.method === name.text);
  if (found) return hostCall(x, node, found, name.text, handle.timer ? { timer: handle.timer } : { handle });
  const methods = [
    ...methodsOf(handle).map((each) => each.method ?? ''),
    ...(handle.kind === 'publish' ? ['send'] : []),
  ];
  const near = x.bag.nearest(name.text, methods);
  const said = carriersOf(handle, name.text).length > 0;
  x.bag.report(
    'T0207',
    name.span,
    { handle: handle.name, method: name.text, kind: handle.kind, methods: methods.join(', ') || 'only events' },
    said
      ? { fix: `it is no call: write \`${handle.name}.${name.text}\`` }
      : near === undefined
        ? {}
        : { fix: `did you mean \`${near}\`?`, edit: { span: name.span, text: near } },
  );
  return undefined;
}

function hostCall(
  x: Context,
  node: Call,
  found: HostCall,
  name: string,
  target: Pick<Expression & { kind: 'host' }, 'handle' | 'timer'>,
): Operand | Effect | undefined {
  const args = passArguments(
    x,
    node,
    name,
    found.params.map((each) => ({ name: each.name, type: contractType(each.type, each.unit) })),
  );
  if (!args) return undefined;
  const failing = found.errors.length > 0;
  const { span } = node;
  if (!found.result) {
    return { effect: { kind: 'host', call: found, ...target, args, failing, span } };
  }
  const type = contractType(found.result.type, found.result.unit);
  return typed({ kind: 'host', type, call: found, ...target, args, failing, span }, type);
}

function fnCall(x: Context, node: Call, fn: Fn): Operand | Effect | undefined {
  const args = passArguments(x, node, fn.name, fn.params);
  if (x.place.fn) x.calls.get(x.place.fn)?.push({ fn, span: node.span });
  if (!args) return undefined;
  const { span } = node;
  if (fn.result) return typed({ kind: 'call', type: fn.result, fn, args, span }, fn.result);
  return { effect: { kind: 'call', fn, args, span } };
}

/** The arguments in the order of the parameters, each with its type; nothing after a report. */
function passArguments(x: Context, node: Call, name: string, params: readonly Parameter[]): Expression[] | undefined {
  const list = params.map((each) => `${each.name}: ${typeText(each.type)}`).join(', ');
  const wanted = params.length === 1 ? 'one value' : `${params.length} values`;
  const slots: (ast.Argument | undefined)[] = params.map(() => undefined);
  let wrong = false;
  node.args.forEach((argument, i) => {
    const at = argument.name ? params.findIndex((each) => each.name === argument.name?.text) : i;
    if (at >= 0 && at < params.length && !slots[at]) {
      slots[at] = argument;
      return;
    }
    const taken = params[at];
    if (taken)
      x.bag.report('T0333', argument.name?.span ?? argument.value.span, { argument: taken.name, list: `(${list})` });
    if (argument.name && at < 0)
      x.bag.report('T0313', argument.name.span, {
        name,
        argument: argument.name.text,
        list: list ? `(${list})` : 'none',
      });
    wrong = true;
  });
  const count = node.args.length !== params.length || (wrong && !node.args.some((argument) => argument.name));
  if (count)
    x.bag.report('T0312', node.span, { name, wanted, found: node.args.length, list: list ? `(${list})` : 'none' });
  const values = slots.map((slot, i) => slot && coerce(x, expression(x, slot.value), (params[i] as Parameter).type));
  return wrong || values.some((value) => !value) ? undefined : (values as Expression[]);
}
