import { afterEach, describe, expect, it } from 'vitest';
import { decodeManifest, manifestBytes } from '../sdk/image/index.js';
import { compileFor, tars } from './program.js';
import { suite } from './suite.js';

/** Only the second of the two boards has this pin. */
const source = 'behaviour x\nuse led: gpio.out = board.LED3\nevery 1s { led.toggle() }';
const BOARDS = ['virtual', 'nucleo-h743zi'] as const;
afterEach(() => compileFor(BOARDS[0]));

it('is compiled for the board that the rig names', () => {
  expect(() => tars(source)).toThrow('T0201');
  compileFor(BOARDS[1]);
  const module = tars(source);
  expect(decodeManifest(manifestBytes(module) ?? new Uint8Array())).toMatchObject({ manifest: { name: 'x' } });
});

describe('a program of a suite', () => {
  const rig = { title: 'a model of another board', board: BOARDS[1], has: [], wires: { led: 'LED3' } };
  suite(
    'any',
    [],
    (test) => {
      test('is compiled for the board of its rig, and runs there', async ({ rig, wire }) => {
        const board = await rig([tars(source)]);
        await board.advance(1_000_000);
        expect(await board.pinGet(wire('led'))).toMatchObject({ level: 1 });
      });
    },
    [{ name: 'nucleo-h743zi', ...rig }],
  );
});
