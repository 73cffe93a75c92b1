/** A panic while the board starts, before it starts its watchdog: the watchdog restarts it all the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressOf, COUNTER_US, lacking, openBoard, SWIFT, until } from './board.js';
import { Debugger } from './debugger.js';

/** The bit that says Thumb in the address of a function. */
const THUMB = 1;

describe.skipIf(lacking)('a board that panics while it starts', { timeout: 120_000 }, () => {
  it('starts again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tars-early-'));
    const { qmp, close } = await openBoard({ arguments: SWIFT });
    try {
      const gdb = await Debugger.open(qmp, join(folder, 'gdb'));
      const begin = (addressOf('supervisor_run') & ~THUMB).toString(16),
        abort = Buffer.alloc(4);
      abort.writeUInt32LE(addressOf('abort') & ~THUMB);
      expect(await gdb.ask(`Z1,${begin},2`)).toBe('OK');
      await qmp.execute('system_reset');
      expect(await gdb.ask('c')).toMatch(/^T05/);
      expect(await gdb.ask(`Pf=${abort.toString('hex')}`)).toBe('OK');
      expect(await gdb.ask(`z1,${begin},2`)).toBe('OK');
      gdb.send('c');
      let before = await until(
        () => qmp.word(COUNTER_US),
        (us) => us > 1_000_000,
      );
      await until(
        () => qmp.word(COUNTER_US),
        (us) => us < before || ((before = us), false),
      );
      gdb.close();
    } finally {
      await close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
