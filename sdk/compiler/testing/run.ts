import { MeteredModule } from './meter.js';
import { buildGood } from './programs.js';

/** One host call: the contract's id in base 36, and its arguments. */
export type Call = readonly [string, ...(number | bigint)[]];

/** Runs a module with Node's own engine and notes its host calls. `answers`: results by id. */
export function runModule(
  bytes: Uint8Array,
  events: readonly number[],
  answers: Readonly<Record<string, () => number | bigint>> = {},
): Call[] {
  const calls: Call[] = [];
  const { imports, react } = instantiate(bytes);
  for (const field of imports) {
    react.host[field] = (...args) => {
      calls.push([field, ...args]);
      return answers[field]?.() ?? 0;
    };
  }
  const entry = react.start();
  for (const source of events) entry(source, 0);
  return calls;
}

type Host = Record<string, (...args: (number | bigint)[]) => number | bigint>;

function instantiate(bytes: Uint8Array): {
  imports: string[];
  react: { host: Host; start(): (source: number, argument: number) => void };
} {
  const module = new WebAssembly.Module(bytes);
  const host: Host = {};
  const start = (): ((source: number, argument: number) => void) =>
    new WebAssembly.Instance(module, { t: host }).exports['r'] as (source: number, argument: number) => void;
  return { imports: WebAssembly.Module.imports(module).map((each) => each.name), react: { host, start } };
}

/** What a program logs with `log "{}", …`, reaction by reaction, in both engines; they must agree. */
export function logged(
  source: string,
  events: readonly number[] = [0],
  answers: Readonly<Record<string, () => number | bigint>> = {},
): (number | bigint)[] {
  const { module } = buildGood(source);
  const calls = runModule(module, events, answers);
  const other: Call[] = [];
  const metered = new MeteredModule(module, (field, args) => {
    other.push([field, ...args]);
    return answers[field]?.();
  });
  for (const event of events) metered.react(event);
  if (JSON.stringify(calls, wide) !== JSON.stringify(other, wide)) throw new Error('the engines differ');
  return calls.filter(([field]) => field === '3' || field === '9').map((call) => call[1] as number | bigint);
}

const wide = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${value}n` : Object.is(value, NaN) ? 'NaN' : value;
