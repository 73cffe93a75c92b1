/** Who may ask a board for what, said a second time: a change of these rows is a change of what an owner relies on. */
import { expect, it } from 'vitest';
import { claims, commandable, link, type LinkEvent, type LinkRequest } from './index.js';

const requests = (link as readonly (LinkRequest | LinkEvent)[]).flatMap((row) => (row.kind === 'request' ? [row] : []));
const names = (rows: readonly LinkRequest[]): string[] => rows.map(({ name }) => name).sort();

it('takes everything that changes a board with an owner in signed commands', () => {
  expect(names(requests.filter(({ rule }) => rule === 'signed'))).toEqual([
    'param.set',
    'publish',
    'repair',
    'reset',
    'start',
    'stop',
  ]);
  expect([...commandable].sort()).toEqual(
    [
      'install.abort',
      'install.confirm',
      'network.set',
      'param.set',
      'publish',
      'repair',
      'reset',
      'start',
      'stop',
      'upload.begin',
    ].sort(),
  );
});

it('asks for a physical port where somebody must stand before the board', () => {
  expect(requests.flatMap(({ name, port }) => (port ? [[name, port]] : []))).toEqual([
    ['network.set', 'physical while open'],
    ['erase', 'physical'],
  ]);
});

it('has a row for every claim, and uses it', () => {
  const used = new Set(requests.flatMap(({ rule }) => (typeof rule === 'string' ? [] : rule)));
  expect([...used].sort()).toEqual(claims.map(({ name }) => name as string).sort());
});
