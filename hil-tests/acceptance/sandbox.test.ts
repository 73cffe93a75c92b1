/**
 * A hand-made module that breaks a rule is refused, or faulted with its safe outputs set, and a neighbour at 100 Hz
 * misses no event: counted from the edges that the bench sees.
 */
import { expect } from 'vitest';
import { errorCode } from '../../sdk/model/index.js';
import { advance, expectPin, type WiredRig, ms, suite } from '../suite.js';
import { BEAT_US, faulting, neighbour, refused } from './modules.js';

/** Ticks of the neighbour since it started, from the edges on its pin. */
async function beats(rig: WiredRig): Promise<number> {
  return (await rig.pinGet(rig.wire('led2'))).edges;
}

suite('sandbox', ['pins', 'i2c', 'virtual-time'], (hil) => {
  for (const { what, module, error } of refused) {
    hil(`refuses a module with ${what}`, async ({ rig, wire }) => {
      const m = await rig([neighbour(wire('led2'))]);
      await advance(m, 10 * BEAT_US);
      await expect(m.install([neighbour(wire('led2')), module])).rejects.toMatchObject({ row: errorCode(error) });
      await advance(m, 10 * BEAT_US);
      expect(await beats(m)).toBe(20);
    });
  }

  for (const what of faulting('', '').map((offence) => offence.what)) {
    hil(`stops a module with ${what}`, async ({ rig, wire }) => {
      const offence = faulting(wire('led'), wire('input')).find((each) => each.what === what);
      if (offence === undefined) throw new Error(what);
      const m = await rig([neighbour(wire('led2')), offence.module]);
      await expectPin(m, 'led', 1);
      await advance(m, ms(50));
      await expectPin(m, 'led', 0);
      expect(await m.status('bad')).toEqual({ status: 'restarting', fault: errorCode(offence.error), faults: 1 });
      await advance(m, ms(2000));
      expect(await m.status('bad')).toMatchObject({ status: 'parked', faults: 2 });
      await expectPin(m, 'led', 0);
      expect(await beats(m)).toBe(205);
    });
  }
});
