import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { words } from './words.js';

const page = readFileSync(new URL('../../../docs/language.md', import.meta.url), 'utf8');
/** The words of a list in backticks. */
const listed = (text: string | undefined): string[] => text?.split(' ').sort() ?? [];
const where = (role: string): string[] => [...words].filter(([, row]) => row.role === role).map(([text]) => text);

describe('the words of the language', () => {
  it('that are reserved are those of the specification', () => {
    const reserved = [...words].filter(([, row]) => row.reserved).map(([text]) => text);
    expect(listed(/Reserved: `([a-z ]+)`/.exec(page)?.[1])).toEqual(reserved.sort());
  });

  it('are all in the specification, and its grammar knows no others', () => {
    const grammar = /\n## 2\. Grammar\n.*?```\n(.*?)```/s.exec(page)?.[1] ?? '';
    const written = new Set([...grammar.matchAll(/"([a-z]+)"/g)].map(([, text]) => text ?? ''));
    expect(written.size).toBeGreaterThan(20);
    expect([...written].filter((text) => !words.has(text))).toEqual([]);
    const silent = [...words].filter(([text]) => !new RegExp(`\\b${text}\\b`).test(page)).map(([text]) => text);
    expect(silent).toEqual([]);
  });

  it('that name units and types are those of the specification', () => {
    const units = /Units are (.*?), and products/s.exec(page)?.[1] ?? '';
    const named = [...units.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => listed(text));
    expect(named.sort()).toEqual(where('unit').sort());
    const types = /## 4\. Types and units\n(.*?)\n\nA type/s.exec(page)?.[1] ?? '';
    const scalars = [...types.matchAll(/^\| `([a-z0-9 ]+)` \|/gm)].flatMap(([, text]) => listed(text));
    expect([...scalars, 'duration'].sort()).toEqual(where('type').sort());
  });

  it('either have a parser, or come later, or stand in forms of others', () => {
    for (const [text, { role, item, statement, later }] of words) {
      const opens = role === 'declaration' || role === 'trail' || role === 'statement';
      expect([text, opens]).toEqual([
        text,
        item !== undefined || statement !== undefined || (later !== undefined && opens),
      ]);
    }
  });
});
