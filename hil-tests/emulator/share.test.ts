import { it } from 'vitest';
import board from '../../boards/qemu-m7.json' with { type: 'json' };
import { shares } from '../acceptance/share.js';
import { lacking, openBoard, wires } from './board.js';

it.skipIf(lacking)(
  'a greedy behaviour on the emulated Cortex-M7 is held to its load, and takes no beat from its neighbour',
  { timeout: 300_000 },
  async () => {
    const { rig, close } = await openBoard();
    try {
      await shares(rig, wires['led2'] ?? '', board);
    } finally {
      await close();
    }
  },
);
