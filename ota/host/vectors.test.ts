import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { errors, formErrors, refusals, rootRefusals } from '../../hal/contract/index.js';
import { paceOf } from '../../sdk/timing/index.js';
import { fromHex, toHex } from './ids.js';
import { verifyRoot, type TrustedRoot } from './root.js';
import { vectorsJson, type Vectors } from './testing/vectors.js';
import { verifyBundle, type DeviceState } from './verify.js';

const path = new URL('../../hal/vectors/bundle.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors;

function trusted(hex: string): TrustedRoot {
  const result = verifyRoot(fromHex(hex));
  if ('refused' in result) throw new Error(`${result.refused.error}: ${result.refused.why}`);
  return result.accepted;
}

function boardOf({
  root,
  class: boardClass,
  key,
  calls,
  engine,
  committed,
  failed,
}: Vectors['refused'][number]['board']): DeviceState {
  return {
    class: boardClass,
    publicKey: fromHex(key),
    calls: fromHex(calls),
    pace: paceOf(virtual),
    ...(root && { root: trusted(vectors.roots[root] as string).root }),
    ...(engine && { engine: fromHex(engine) }),
    ...(committed && { committed: { ...committed, digest: fromHex(committed.digest) } }),
    ...(failed && { failed: failed.map(fromHex) }),
  };
}

const verdict = (row: Vectors['refused'][number] | Vectors['accepted'][number]): ReturnType<typeof verifyBundle> =>
  verifyBundle(
    fromHex(row.bytes),
    boardOf(row.board),
    'payload' in row && row.payload ? { payload: fromHex(row.payload) } : {},
  );

describe('golden vectors of bundles', () => {
  it('are what the packer makes (vitest -u rewrites them)', async () => {
    await expect(vectorsJson()).toMatchFileSnapshot(path.pathname);
  });

  it.each(vectors.accepted.map((row) => [row.name, row] as const))('takes: %s', (_, row) => {
    const result = verdict(row);
    expect('refused' in result ? result.refused : 'taken').toBe('taken');
    expect('accepted' in result && result.accepted.same).toBe(row.same === true);
  });

  it.each(vectors.refused.map((row) => [row.name, row] as const))('refuses: %s', (_, row) => {
    const result = verdict(row);
    expect('refused' in result ? result.refused.error : 'taken', 'refused' in result ? result.refused.why : '').toBe(
      row.error,
    );
  });

  it.each(vectors.documents.map((row) => [row.name, row] as const))('root document: %s', (_, row) => {
    const result = verifyRoot(fromHex(row.bytes), row.old === undefined ? undefined : trusted(row.old));
    expect('refused' in result ? result.refused.error : undefined, 'refused' in result ? result.refused.why : '').toBe(
      row.error,
    );
    if ('accepted' in result) expect(result.same).toBe(row.same === true);
  });

  it('have every refusal of the contract that bytes can cause', () => {
    // What two modules claim together is looked at by the core when the app is staged.
    const elsewhere = ['conflict'];
    const wanted = new Set<string>([...formErrors, ...refusals.map(({ error }) => error)]);
    const seen = new Set<string>(vectors.refused.map(({ error }) => error));
    expect([...wanted].filter((name) => !seen.has(name) && !elsewhere.includes(name))).toEqual([]);
    const rootSeen = new Set<string | undefined>(vectors.documents.map(({ error }) => error));
    expect(rootRefusals.map(({ error }) => error).filter((name) => !rootSeen.has(name))).toEqual([]);
    expect([...seen].filter((name) => !errors.some((row) => row.name === name))).toEqual([]);
  });

  it('have names of their own', () => {
    for (const rows of [vectors.accepted, vectors.refused, vectors.documents])
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    expect(toHex(fromHex(vectors.roots.one as string))).toBe(vectors.roots.one);
  });
});
