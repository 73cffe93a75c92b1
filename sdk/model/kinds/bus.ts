/** Devices on buses, which random tests wire to the board. */
import { numberField, textField } from '../context.js';
import type { KindModel, Maker } from './kind.js';

function registers(bus: string, address: number): Maker {
  return (random) => [
    {
      kind: 'i2c',
      bus,
      address,
      reg: random.once(2) ? 0 : random.between(0, 250),
      data: random.bytes(random.between(1, 4)),
    },
  ];
}

/** Transfers that fail, or a device that is gone for a while. */
function faults(bus: string, address: number): Maker {
  return (random) => {
    if (random.once(3))
      return [
        {
          kind: 'i2c.fault',
          bus,
          address,
          error: random.pick(['nack', 'timeout', 'busy', 'io'] as const),
          count: random.between(1, 5),
        },
      ];
    return [{ kind: 'i2c.device', bus, address, present: !random.once(8) }];
  };
}

export const i2c = {
  makers: (use) => {
    const [bus, address] = [textField(use, 'name'), numberField(use, 'address')];
    return [registers(bus, address), faults(bus, address)];
  },
  attach: (use) => ({
    kind: 'i2c.device',
    bus: textField(use, 'name'),
    address: numberField(use, 'address'),
    present: true,
  }),
} as const satisfies KindModel;

export const spi = {
  makers: (use) => [
    (random) => [
      {
        kind: 'spi',
        bus: textField(use, 'name'),
        select: textField(use, 'select'),
        reg: random.between(0, 100),
        data: random.bytes(4),
      },
    ],
  ],
  attach: (use) => ({
    kind: 'spi',
    bus: textField(use, 'name'),
    select: textField(use, 'select'),
    reg: 0,
    data: [0],
  }),
} as const satisfies KindModel;
