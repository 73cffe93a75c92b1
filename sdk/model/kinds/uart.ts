/** Serial ports. */
import { numberField, textField } from '../context.js';
import type { Use } from '../manifest.js';
import type { Input, InputSite, KindModel } from './kind.js';

/** A port that the version before has left at its speed goes on with what waits in it. */
function listen({ use, devices, before, report }: InputSite): Input {
  if (!before.some((old) => samePort(use, old))) devices.serial.configure(textField(use, 'name'));
  return {
    changed: (waiting, timeUs) => {
      report('uart', waiting, timeUs);
    },
  };
}

function samePort(a: Use, b: Use): boolean {
  return (
    a.kind === b.kind && a.fields['name'] === b.fields['name'] && numberField(a, 'baud') === numberField(b, 'baud')
  );
}

export const uart = {
  input: listen,
  makers: (use) => [
    (random) => [
      { kind: 'uart', port: textField(use, 'name'), data: random.bytes(random.between(1, 2)) },
      { kind: 'advance', us: 100 },
    ],
  ],
} as const satisfies KindModel;
