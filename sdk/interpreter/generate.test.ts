import fc from 'fast-check';
import { expect, it } from 'vitest';
import { calls } from '../../hal/contract/index.js';
import { programs } from './generate.js';

it('makes random programs that call every method of the contract', () => {
  const all = fc.sample(programs, { numRuns: 400, seed: 3 }).join('\n');
  const declared = new Map([...all.matchAll(/^use (\w+): ([\w.]+)/gm)].map(([, name, kind]) => [name, kind]));
  for (const { name, kinds, timer, method } of calls) {
    if (method === undefined) continue;
    const called = [...all.matchAll(new RegExp(`(\\w+)\\.${method}\\(`, 'g'))].map(([, handle]) =>
      declared.get(handle),
    );
    for (const kind of timer ? ['timer'] : kinds) expect(called, `${name} of ${kind}`).toContain(kind);
  }
});
