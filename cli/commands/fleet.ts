/** `tars fleet`: the devices of a fleet, as they themselves say, signed. */
import type { Device } from '../../ota/operator/devices.js';
import type { Fleet } from '../../ota/operator/fleet.js';
import { defineCommand, jsonOption } from '../command.js';
import { usageError } from '../errors.js';
import { withMemory } from '../fleet/memory.js';
import { beaconSigners, fleetOptions, openFleet, placeOf, type FleetPlace } from '../fleet/open.js';
import { keepGroup } from '../fleet/settings.js';
import { publishRoot } from '../fleet/root.js';
import { deviceCells, deviceHeading, deviceJson } from '../fleet/show.js';
import { oneDevice } from '../fleet/targets.js';
import { KeyRing } from '../keys/keyring.js';
import { table, type Terminal } from '../terminal/terminal.js';

export const command = defineCommand({
  positionals: {
    action: {
      type: 'string',
      demandOption: true,
      choices: ['list', 'watch', 'group', 'root'],
      describe:
        'list the devices; watch them, answering their births and what they ask for; name a group; give them the ' +
        'next root document',
    },
    names: {
      type: 'string',
      array: true,
      default: [],
      describe: 'group: its name and its devices (none: the group is no more); root: the file of the document',
    },
  },
  options: {
    ...fleetOptions,
    key: { type: 'string', array: true, nargs: 1, default: [], describe: 'watch: operator keys that sign beacons' },
    timeout: { type: 'number', default: 30, describe: 'root: longest time for devices that are on line, seconds' },
    ...jsonOption,
  },
  examples: [
    ['tars fleet list', 'what every device runs'],
    ['tars fleet watch --key olga', 'a live table; devices that come on line learn what is newest'],
    ['tars fleet group press rover crane', 'call two devices `press`, for `tars ota push --group press`'],
    [
      'tars fleet root two.root',
      'change keys: every device takes the document that `tars keys root --after one.root` made',
    ],
  ],
  async run(args, terminal) {
    const place = placeOf(args);
    if (args.action === 'root') {
      if (args.names.length !== 1) throw usageError('tars fleet root needs one root document', 'fleet');
      if (!(args.timeout > 0 && args.timeout <= 86_400))
        throw usageError('--timeout takes seconds, above 0 and at most 86400', 'fleet');
      return publishRoot(place, args.names[0] as string, { timeoutS: args.timeout, terminal });
    }
    if (args.action === 'watch') return watch(place, new KeyRing(args.key), terminal);
    const { broker, fleet } = await openFleet(place);
    try {
      if (args.action === 'list') return list(fleet, terminal);
      const [name, ...devices] = args.names;
      if (name === undefined) throw usageError('tars fleet group needs a name', 'fleet');
      const ids = devices.map((text) => oneDevice(fleet.devices.list(), text).id);
      keepGroup({ ...place.settings, owner: place.file.root.owner, user: place.user }, name, ids);
      terminal.out(
        terminal.json
          ? JSON.stringify({ group: name, devices: ids })
          : ids.length > 0
            ? `${name}: ${ids.length} devices`
            : `${name} is no group any more`,
      );
    } finally {
      await broker.close();
    }
  },
});

function list(fleet: Fleet, terminal: Terminal): void {
  const devices = fleet.devices.list();
  if (terminal.json) return terminal.out(JSON.stringify(devices.map((device) => deviceJson(device, fleet))));
  if (devices.length === 0)
    return terminal.out('no device of this owner has ever been on line in this fleet; see `tars provision`');
  for (const line of lines(devices, fleet, terminal)) terminal.out(line);
}

const lines = (devices: readonly Device[], fleet: Fleet, terminal: Terminal): string[] =>
  table([deviceHeading, ...devices.map((device) => deviceCells(device, fleet))], terminal.color);

/**
 * Shows changes until it is interrupted. Takes the operator's memory if nobody else has it, so that blobs can be
 * served.
 */
async function watch(place: FleetPlace, ring: KeyRing, terminal: Terminal): Promise<void> {
  await withMemory(place, { signers: () => beaconSigners(place, ring) }, async ({ fleet, lost }) => {
    const interrupted = new Promise<void>((resolve) =>
      ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, () => resolve())),
    );
    let before: readonly string[] = [];
    const show = (): void => {
      const devices = fleet.devices.list();
      if (terminal.screen) return terminal.out(`\x1b[2J\x1b[H${lines(devices, fleet, terminal).join('\n')}`);
      const now = devices.map((device) =>
        terminal.json ? JSON.stringify(deviceJson(device, fleet)) : deviceCells(device, fleet).join('  '),
      );
      for (const line of now) if (!before.includes(line)) terminal.out(line);
      before = now;
    };
    show();
    const end = fleet.on(() => show());
    try {
      await Promise.race([interrupted, lost]);
      await Promise.race([fleet.settled(), lost]);
    } finally {
      end();
    }
  });
}
