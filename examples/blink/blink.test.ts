import { readFileSync } from 'node:fs';
import { compile, Machine } from 'tars-sdk';
import { expect, it } from 'vitest';
import board from '../../boards/virtual.json' with { type: 'json' };

const file = 'blink.tars';
const source = readFileSync(new URL(file, import.meta.url), 'utf8');

it('toggles the LED every 500 ms', () => {
  const { module, diagnostics } = compile(source, { file, board });
  expect(diagnostics).toEqual([]);
  const machine = new Machine(board, [module ?? new Uint8Array()]);
  const levels: number[] = [];
  for (let i = 0; i < 6; i++) {
    machine.advance(250_000);
    levels.push(machine.pin('LED'));
  }
  expect(levels).toEqual([0, 1, 1, 0, 0, 1]);
});
