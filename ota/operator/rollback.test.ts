import { describe, expect, it } from 'vitest';
import { rollbacks, type Rollback } from './rollback.js';
import { MemoryStore, type StoredPlan } from './store.js';

/**
 * A store in which plans were made and, unless `running`, carried out: class and version of an app, kind, when it was
 * begun.
 */
function storeOf(
  plans: readonly (readonly [
    app: string,
    kind: StoredPlan['kind'],
    startedMs: number,
    running?: 'running' | undefined,
  ])[],
): MemoryStore {
  const store = new MemoryStore('ada', () => '');
  plans.forEach(([image, kind, startedMs, running], index) => {
    const plan = {
      epoch: 0,
      number: index + 1,
      digest: `${index}`,
      waves: [['d']],
      canary: false,
      abort: { percent: 20, min: 3 },
      timeoutMs: 1,
    };
    store.addPlan(
      { plan, kind, bundle: new Uint8Array(), image, label: image, startedMs, state: running ?? 'done', reason: '' },
      [{ device: 'd', wave: 0, state: running ? 'sent' : 'committed', sinceMs: 1, code: 0, behaviour: '', detail: '' }],
    );
  });
  return store;
}

const classOf = ({ image }: StoredPlan): string => image.charAt(0);
const shown = ({ startedMs, pairs }: Rollback): object => ({
  startedMs,
  pairs: pairs.map(({ newer, older }) => `${newer.image} to ${older.image}`),
});
const possible = (store: MemoryStore): object[] => rollbacks(store, classOf, 9).map(shown);
const pushes: Parameters<typeof storeOf>[0] = [
  ['a1', 'push', 1],
  ['b1', 'push', 1],
  ['a2', 'push', 2],
  ['b2', 'push', 2],
];

describe('a rollback', () => {
  it('of nothing is nothing, and of a first app has nothing to go back to', () => {
    expect(possible(storeOf([]))).toEqual([]);
    expect(possible(storeOf([['a1', 'push', 1]]))).toEqual([
      { startedMs: 1, pairs: [] },
      { startedMs: 9, pairs: [] },
    ]);
  });

  it('takes back what one push brought to all classes', () => {
    expect(possible(storeOf(pushes)).at(-1)).toEqual({ startedMs: 9, pairs: ['b2 to b1', 'a2 to a1'] });
  });

  it('that was killed between two classes or within one goes on with the rest', () => {
    for (const running of [undefined, 'running'] as const)
      expect(possible(storeOf([...pushes, ['a1', 'rollback', 3, running]]))[0]).toEqual({
        startedMs: 3,
        pairs: ['b2 to b1'],
      });
  });

  it('that is whole is taken back like a push', () => {
    expect(possible(storeOf([...pushes, ['b1', 'rollback', 3], ['a1', 'rollback', 3]]))).toEqual([
      { startedMs: 3, pairs: [] },
      { startedMs: 9, pairs: ['a1 to a2', 'b1 to b2'] },
    ]);
  });
});
