import { type CallFunction, operand } from '../context.js';
import { Fault } from '../fault.js';

export const log = {
  'log.emit': (site) => {
    const { caller } = site;
    const text = caller.manifest.logs[operand(site, 0)];
    if (text === undefined) throw new Fault('message');
    caller.world.log(
      caller.event.timeUs,
      caller.name,
      text,
      caller.put.splice(0).map(({ value }) => value),
    );
  },
} as const satisfies Record<string, CallFunction>;
