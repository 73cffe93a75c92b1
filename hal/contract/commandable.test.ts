/** The firmware's table of commands marks exactly the requests that a signed command may carry. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { commandable, link } from './index.js';

it('is what the firmware takes', () => {
  const source = readFileSync(fileURLToPath(new URL('../../firmware/agent/commands.c', import.meta.url)), 'utf8');
  const rows = [...source.matchAll(/\{TARS_LINK_(\w+), tars_command_\w+, (?:FREE|SIGNED), (true|false)\}/g)];
  const name = (id: string | undefined): string => (id ?? '').toLowerCase();
  expect(rows.map(([, id]) => name(id)).sort()).toEqual(
    link
      .filter(({ kind }) => kind === 'request')
      .map(({ name: each }) => each.replace('.', '_'))
      .sort(),
  );
  expect(
    rows
      .filter(([, , marked]) => marked === 'true')
      .map(([, id]) => name(id))
      .sort(),
  ).toEqual(commandable.map((each) => each.replace('.', '_')).sort());
});
