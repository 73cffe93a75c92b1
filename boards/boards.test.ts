import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boardSchema } from './schema.js';

const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'board.schema.json');
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

describe('board files', () => {
  it.each(files)('%s follows the schema and is called like its file', (file) => {
    expect(boardSchema.parse(read(file)).name).toBe(file.slice(0, -5));
  });

  it('have a class of their own each', () => {
    const classes = files.map((file) => boardSchema.parse(read(file)).class);
    expect(new Set(classes).size).toBe(files.length);
  });

  it('are refused with an unknown key, a resource of no kind, a name that is no identifier', () => {
    const virtual = boardSchema.parse(read('virtual.json'));
    for (const wrong of [
      { ...virtual, colour: 'red' },
      { ...virtual, resources: { X: { type: 'relay' } } },
      { ...virtual, name: 'a b' },
    ]) {
      expect(boardSchema.safeParse(wrong).success).toBe(false);
    }
  });
});
