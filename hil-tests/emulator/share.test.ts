import { it } from 'vitest';
import board from '../../boards/qemu-m7.json' with { type: 'json' };
import { crowded } from '../acceptance/crowd.js';
import { shares } from '../acceptance/share.js';
import { lacking, openBoard, wires } from './board.js';

it.skipIf(lacking)(
  'neither a greedy behaviour nor many periods and timers take a beat from a neighbour on the emulated Cortex-M7',
  { timeout: 300_000 },
  async () => {
    const { rig, close } = await openBoard();
    try {
      await shares(rig, wires['led2'] ?? '', board);
      await crowded(rig, wires['led2'] ?? '');
    } finally {
      await close();
    }
  },
);
