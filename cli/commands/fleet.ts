/** `tars fleet`: the devices of a fleet, as they themselves say, signed. */
import type { Member } from '../../ota/operator/enrolment.js';
import type { Fleet } from '../../ota/operator/fleet.js';
import { defineCommand, jsonOption } from '../command.js';
import { interrupted } from '../ends.js';
import { usageError } from '../errors.js';
import { changeRoll } from '../fleet/enrol.js';
import { lostAtBroker, publishLostHere } from '../fleet/lost.js';
import { beaconSigners, fleetOptions, openFleet, placeOf, type FleetPlace } from '../fleet/open.js';
import { keepGroup } from '../fleet/settings.js';
import { publishRoot } from '../fleet/root.js';
import { deviceCells, deviceHeading, deviceJson, strangerCells, strangerHeading, strangerJson } from '../fleet/show.js';
import { fleetFolder } from '../fleet/state.js';
import { WatchStore } from '../fleet/watch-store.js';
import { oneDevice } from '../fleet/targets.js';
import { KeyRing } from '../keys/keyring.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { hint } from '../terminal/calling.js';

export const command = defineCommand({
  positionals: {
    action: {
      type: 'string',
      demandOption: true,
      choices: ['list', 'watch', 'group', 'root', 'enrol', 'forget', 'revoke'],
      describe:
        'list the devices; watch them, answering their births and what they ask for; name a group; give them the ' +
        'next root document; enrol a device that is unknown; forget one; revoke its key for good',
    },
    names: {
      type: 'string',
      array: true,
      default: [],
      describe:
        'group: its name and its devices (none: the group is no more); root: the file of the document; enrol: ids or ' +
        'keys (none: sign what `tars provision` has enrolled); forget, revoke: devices',
    },
  },
  options: {
    ...fleetOptions,
    key: {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'operator keys that sign: watch the beacons; enrol, forget, revoke the roll',
    },
    name: { type: 'string', describe: 'enrol: what the device is called (default: what it calls itself)' },
    class: { type: 'string', describe: 'enrol: its board class, if it was not heard yet' },
    unknown: { type: 'boolean', default: false, describe: 'list: only those that nobody has enrolled' },
    yes: { type: 'boolean', default: false, describe: 'enrol, forget, revoke: without asking' },
    timeout: { type: 'number', default: 30, describe: 'root: longest time for devices that are on line, seconds' },
    ...jsonOption,
  },
  alone: ['list', 'watch'],
  examples: [
    ['tars fleet list', 'what every device runs'],
    ['tars fleet watch --key olga', 'a live table; devices that come on line learn what is newest'],
    ['tars fleet enrol 3f9a01c2 --key olga', 'a device that `tars fleet list` shows as unknown counts from now on'],
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
    if (args.action === 'enrol' || args.action === 'forget' || args.action === 'revoke')
      return changeRoll(place, { ...args, action: args.action, ring: new KeyRing(args.key), terminal });
    if (args.action === 'watch') return watch(place, new KeyRing(args.key), terminal);
    const { broker, fleet } = await openFleet(place);
    try {
      if (args.action === 'list') {
        list(fleet, args.unknown, terminal);
        const lost = await lostAtBroker(place, fleet);
        if (lost !== undefined) terminal.note(lost);
        return;
      }
      const [name, ...devices] = args.names;
      if (name === undefined) throw usageError('tars fleet group needs a name', 'fleet');
      const ids = devices.map((text) => oneDevice(fleet.enrolment.list(), text).id);
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

/** The enrolled devices, then those that nobody has enrolled: as JSON these come on request only. */
function list(fleet: Fleet, unknown: boolean, terminal: Terminal): void {
  const devices = fleet.enrolment.list();
  const { list: strangers, more } = fleet.devices.strangers();
  if (terminal.json)
    return terminal.out(
      JSON.stringify(unknown ? strangers.map(strangerJson) : devices.map((device) => deviceJson(device, fleet))),
    );
  if (devices.length === 0)
    terminal.out(
      `no device of this owner is enrolled in this fleet; see ${hint`tars provision`} and ${hint`tars fleet enrol`}`,
    );
  else if (!unknown) for (const line of lines(devices, fleet, terminal)) terminal.out(line);
  if (strangers.length === 0) return;
  terminal.note(
    `${strangers.length}${more ? ' and more' : ''} that nobody has enrolled, ` +
      `who count for nothing (${hint`tars fleet enrol`}):`,
  );
  for (const line of table([strangerHeading, ...strangers.map(strangerCells)], terminal)) terminal.out(line);
}

const lines = (devices: readonly Member[], fleet: Fleet, terminal: Terminal): string[] =>
  table([deviceHeading, ...devices.map((device) => deviceCells(device, fleet))], terminal);

/**
 * Shows changes until it is interrupted. It reads the operator's memory and leaves it to whoever pushes; while nobody
 * does, it answers births and serves what devices ask for.
 */
async function watch(place: FleetPlace, ring: KeyRing, terminal: Terminal): Promise<void> {
  const signers = await beaconSigners(place, ring);
  const store = await WatchStore.open(fleetFolder(place.file.root.owner, place.settings.fleet));
  const opened = await openFleet(place, { store, signers, yields: true });
  const { broker, fleet, lost } = opened;
  const user = interrupted();
  let before: readonly string[] = [];
  const show = (): void => {
    const devices = fleet.enrolment.list();
    if (terminal.screen) return terminal.draw(lines(devices, fleet, terminal));
    const now = devices.map((device) =>
      terminal.json ? JSON.stringify(deviceJson(device, fleet)) : deviceCells(device, fleet).join('  '),
    );
    for (const line of now) if (!before.includes(line)) terminal.out(line);
    before = now;
  };
  show();
  const end = fleet.on(() => show());
  try {
    if (!fleet.claimed) await publishLostHere(opened, terminal);
    await Promise.race([user.by, lost]);
    await Promise.race([fleet.settled(), lost]);
  } finally {
    end();
    await broker.close();
  }
}
