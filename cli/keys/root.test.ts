import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeRoot, signRoot } from '../../ota/host/root.js';
import { keys, roots } from '../../ota/host/testing/cast.js';
import { findRoot, keptRootOf } from './owner.js';
import { isOwner } from './root.js';

const folder = mkdtempSync(join(tmpdir(), 'tars-root-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['../../evil', '..', '.', '/etc', 'a/b', 'a\u0000b', 'a b', '', 'a\u001b[2J'])(
  'an owner called %j is refused where the document is read, and no file has that name',
  (owner) => {
    const path = join(folder, 'evil.root');
    for (const version of [1, 2]) {
      writeFileSync(path, signRoot(makeRoot({ ...roots.one, version, owner }), [keys.alice]));
      expect(() => findRoot(path)).toThrow(expect.objectContaining({ code: 'bad_owner' }));
    }
    expect([isOwner(owner), keptRootOf(owner)]).toEqual([false, undefined]);
    expect(existsSync(join(folder, '..', 'evil.root'))).toBe(false);
  },
);
