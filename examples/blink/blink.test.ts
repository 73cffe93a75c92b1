import { readFileSync } from 'node:fs';
import { compile, Model } from 'tars-sdk';
import { expect, it } from 'vitest';
import board from '../../boards/virtual.json' with { type: 'json' };

const file = 'blink.tars';
const source = readFileSync(new URL(file, import.meta.url), 'utf8');

it('toggles the LED every 500 ms', () => {
  const { module, diagnostics } = compile(source, { file, board });
  expect(diagnostics).toEqual([]);
  const model = new Model(board, [module ?? new Uint8Array()]);
  const levels: number[] = [];
  for (let i = 0; i < 6; i++) {
    model.advance(250_000);
    levels.push(model.pin('LED'));
  }
  expect(levels).toEqual([0, 1, 1, 0, 0, 1]);
});
