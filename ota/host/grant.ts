/**
 * Grants: what the modules of a bundle may use together. Made from what they ask for, signed with the bundle, and
 * compared with what they ask for on the device: request ⊆ grant.
 */
import { grantBudget, grants, kinds, limits } from '../../hal/contract/index.js';
import type { Field, GrantKind, KindName } from '../../hal/contract/index.js';
import type { Pace } from '../../sdk/timing/index.js';
import type { Budget, BudgetName } from './budget.js';
import { cbor, compareBytes, Reader } from './cbor.js';
import type { Request } from './request.js';
import { type Cell, kindById, type KindRow, readFields, type Row, writeRow } from './rows.js';

export interface Grant {
  readonly budget: Budget;
  readonly rows: readonly Row[];
}

const U32 = 0xffffffff;
const rules = new Map<KindName, GrantKind>(grants.map((row) => [row.kind, row]));

/** Fields of the kind that its grant has, in order. */
function fieldsOf(kind: KindRow): readonly Field[] {
  return (rules.get(kind.name)?.fields ?? []).flatMap(({ name }) =>
    kind.fields.filter((field: Field) => field.name === name),
  );
}

/**
 * Least grant that covers all requests on every board, in the order of the bytes of its rows. What a load that is not
 * said comes to depends on how fast the board is, so it is granted without a bound.
 */
export function grantFor(requests: readonly Request[]): Grant {
  const most = (name: BudgetName): number => Math.max(0, ...requests.map(({ budget }) => budget[name]));
  /** Where 0 stands for no bound, one request without a bound needs a grant without one. */
  const mostOrNone = (name: BudgetName): number => (requests.some(({ budget }) => budget[name] === 0) ? 0 : most(name));
  const merged = new Map<string, Row>();
  for (const row of requests.flatMap(({ uses }) => uses)) {
    const rule = rules.get(row.kind);
    if (!rule) continue;
    const key = JSON.stringify([
      row.kind,
      ...rule.fields.filter((field) => field.rule === 'equal').map(({ name }) => String(row.cells[name]?.value)),
    ]);
    merged.set(key, widen(rule, row, merged.get(key)));
  }
  return {
    budget: {
      stack: most('stack'),
      memory: most('memory'),
      instructions: mostOrNone('instructions'),
      calls: most('calls'),
      load: mostOrNone('load'),
      priority: most('priority'),
    },
    rows: [...merged.values()].sort((a, b) => compareBytes(rowBytes(a), rowBytes(b))),
  };
}

/** A row that covers both. */
function widen(rule: GrantKind, row: Row, other: Row | undefined): Row {
  const cells = rule.fields.map(({ name, rule: how }) => {
    const mine = row.cells[name] as Cell;
    const theirs = other?.cells[name];
    return [name, theirs && covers(how, theirs, mine) ? theirs : mine] as const;
  });
  return { kind: row.kind, cells: Object.fromEntries(cells) };
}

function covers(rule: GrantKind['fields'][number]['rule'], granted: Cell, asked: Cell): boolean {
  switch (rule) {
    case 'equal':
      return granted.value === asked.value;
    case 'most':
      return asked.value <= granted.value;
    case 'least':
      return asked.value >= granted.value;
    case 'rate':
      return granted.value === 0 || (asked.value !== 0 && asked.value <= granted.value);
  }
}

/** Budgets of which 0 is no bound. */
const UNBOUND: readonly BudgetName[] = ['instructions', 'load'];

/** What of the request lies outside of the grant on a board of this pace, as text; `undefined`: all of it is inside. */
export function beyondGrant(grant: Grant, request: Request, pace: Pace | undefined): string | undefined {
  const { uses } = request;
  const budget = { ...request.budget, ...(pace && { load: request.loadOn(pace) }) };
  for (const { name } of grantBudget) {
    const [asked, granted] = [budget[name], grant.budget[name]];
    const inside = UNBOUND.includes(name) ? granted === 0 || (asked !== 0 && asked <= granted) : asked <= granted;
    if (!inside) return `${name} ${asked === 0 ? 'without bound' : asked}, granted ${granted}`;
  }
  const outside = uses.find((use) => rules.has(use.kind) && !grant.rows.some((row) => rowCovers(row, use)));
  return outside && describeRow(outside);
}

function rowCovers(granted: Row, asked: Row): boolean {
  if (granted.kind !== asked.kind) return false;
  return (rules.get(asked.kind)?.fields ?? []).every(({ name, rule }) =>
    covers(rule, granted.cells[name] as Cell, asked.cells[name] as Cell),
  );
}

/** A row for people: `i2c I2C1, address 72, speed 400 kHz`. */
export function describeRow(row: Row): string {
  const kind = kinds.find(({ name }) => name === row.kind) as KindRow;
  const [first, ...rest] = fieldsOf(kind);
  // Seven digits tell any two f32 apart that a person would write.
  const shown = (value: Cell['value'] | undefined): string =>
    String(typeof value === 'number' ? Number(value.toPrecision(Number.isInteger(value) ? 17 : 7)) : value);
  const words = rest.map(
    (field) => `${field.name} ${shown(row.cells[field.name]?.value)}${field.unit ? ` ${field.unit}` : ''}`,
  );
  return [`${row.kind} ${row.cells[first?.name ?? '']?.value}`, ...words].join(', ');
}

const rowBytes = (row: Row): Uint8Array => {
  const kind = kinds.find(({ name }) => name === row.kind) as KindRow;
  return writeRow(kind, fieldsOf(kind), row.cells);
};

export const encodeGrant = ({ budget, rows }: Grant): Uint8Array =>
  cbor.array(...grantBudget.map(({ name }) => cbor.int(budget[name])), cbor.array(...rows.map(rowBytes)));

/** Reads the grant inside its byte string; whatever is wrong leaves as FormError. */
export function decodeGrant(bytes: Uint8Array): Grant {
  const reader = new Reader(bytes);
  reader.array(grantBudget.length + 1, grantBudget.length + 1, 'the grant');
  const budget = Object.fromEntries(
    grantBudget.map((row) => [row.name, reader.uint(0, 'max' in row ? row.max : U32, row.name)]),
  ) as Budget;
  const count = reader.array(0, limits.grant.value, 'the rows of the grant');
  const rows: Row[] = [];
  for (let i = 0; i < count; i++) rows.push(readGrantRow(reader));
  reader.done('the grant');
  return { budget, rows };
}

function readGrantRow(reader: Reader): Row {
  const count = reader.array(1, limits.fields.value, 'a row of the grant') - 1;
  const kind = kindById(reader.uint(0, U32, 'a kind'));
  if (!kind || !rules.has(kind.name)) return reader.fail('profile', 'a kind that needs no grant');
  return { kind: kind.name, cells: readFields(reader, fieldsOf(kind), count) };
}
