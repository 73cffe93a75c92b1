/** `tars fleet enrol`, `forget` and `revoke`: who belongs to a fleet, decided by a person and signed by operators. */
import { deviceId, fromHex, toHex } from '../../ota/host/ids.js';
import { isDeviceName } from '../../ota/host/roll.js';
import type { Stranger } from '../../ota/operator/devices.js';
import { nothingPending, type Pending } from '../../ota/operator/enrolment.js';
import type { Fleet } from '../../ota/operator/fleet.js';
import { usageError, UserError } from '../errors.js';
import { interruptible } from '../interrupt.js';
import type { KeyRing } from '../keys/keyring.js';
import { approve } from '../terminal/approve.js';
import type { Terminal } from '../terminal/terminal.js';
import { withMemory } from './memory.js';
import type { FleetPlace } from './open.js';
import { settleRoll } from './roll.js';
import { decideHere } from './rolls.js';
import { oneDevice } from './targets.js';

export interface RollChange {
  readonly action: 'enrol' | 'forget' | 'revoke';
  /** Devices; for `enrol` keys or ids, none: what was decided on this machine is signed. */
  readonly names: readonly string[];
  /** Name and class of the device that is enrolled; undefined: those that it states itself. */
  readonly name: string | undefined;
  readonly class: string | undefined;
  readonly yes: boolean;
  readonly ring: KeyRing;
  readonly terminal: Terminal;
}

type Row = Pending['enrol'][number];

/** Decides it on this machine, signs the next roll and publishes it. */
export async function changeRoll(place: FleetPlace, change: RollChange): Promise<void> {
  const { action, names, ring, terminal } = change;
  if (action !== 'enrol' && names.length === 0) throw usageError(`tars fleet ${action} needs devices`, 'fleet');
  const { root } = place.file;
  const name = place.settings.fleet;
  const signers = await ring.signers(root, 'operator');
  await withMemory(place, { signers: () => Promise.resolve(signers) }, async (opened) => {
    const { fleet, store } = opened;
    const { pending, shown } =
      action === 'enrol' ? enrolments(fleet, place.file.root.vendor, change) : departures(fleet, action, names);
    if (shown.length > 0) {
      await approve({
        ...change,
        what: `${action} ${shown.join('; ')}`,
        question: 'Is that the device that you mean, with the key that it shows over its port?',
        cure: 'compare the key with what `tars provision` shows over the port of the board, then add --yes',
      });
      const work = async (): Promise<void> => {
        decideHere(root, name, pending);
        fleet.enrolment.decide(pending);
        await settleRoll(opened, { signers, store });
        for (const key of [...pending.forget, ...pending.revoke]) await fleet.clear(toHex(deviceId(root.vendor, key)));
      };
      await interruptible(work, () => ({
        done: 'it is decided on this machine, and not certain that the broker has the roll that says so',
        cure: 'publish it with `tars fleet enrol --key`, which names no device then',
      }));
    }
    show(fleet, terminal);
  });
}

function enrolments(
  fleet: Fleet,
  vendor: Uint8Array,
  { names, name, class: boardClass }: RollChange,
): { readonly pending: Pending; readonly shown: readonly string[] } {
  if (names.length > 1 && name !== undefined) throw usageError('--name goes with one device', 'fleet');
  const enrol = names.map((text): Row => {
    const publicKey = /^[0-9a-f]{64}$/.test(text) ? fromHex(text) : strangerOf(fleet, text).birth.key;
    const id = toHex(deviceId(vendor, publicKey));
    if (fleet.enrolment.isRevoked(id))
      throw new UserError('revoked', `the key of ${id.slice(0, 8)} was revoked, and is never enrolled again`, {
        cure: 'erase the board with `tars provision --erase` and provision it again: then it makes itself a new key',
      });
    const birth = fleet.devices.strangers().list.find((each) => each.id === id)?.birth;
    const wanted = { name: name ?? birth?.name ?? '', class: boardClass ?? birth?.class ?? '' };
    if (wanted.class === '' || wanted.name === '')
      throw usageError('a device that was not heard yet needs --name and --class', 'fleet');
    if (!isDeviceName(wanted.name))
      throw usageError(`${JSON.stringify(wanted.name)} can't be the name of a device`, 'fleet');
    if (name !== undefined && fleet.enrolment.list().some((each) => each.name === name))
      throw new UserError('name_taken', `there is a device ${name} in this fleet`, { cure: 'choose another --name' });
    return { publicKey, ...wanted };
  });
  const shown = enrol.map((row) => `${row.name} (${row.class}), key ${toHex(row.publicKey)}`);
  return { pending: { ...nothingPending, enrol }, shown };
}

/** Somebody who was heard, by the beginning of the id: names are only what they say. */
function strangerOf(fleet: Fleet, text: string): Stranger {
  const { list } = fleet.devices.strangers();
  const found = /^[0-9a-f]{8,}$/.test(text) ? list.filter(({ id }) => id.startsWith(text)) : [];
  const [only] = found;
  if (only && found.length === 1) return only;
  throw new UserError('unknown_device', `nobody with the id ${text} waits to be enrolled`, {
    cure: 'see `tars fleet list` for ids and keys, or name the whole key (64 digits)',
  });
}

function departures(
  fleet: Fleet,
  action: 'forget' | 'revoke',
  names: readonly string[],
): { readonly pending: Pending; readonly shown: readonly string[] } {
  const members = names.map((text) =>
    action === 'revoke' && /^[0-9a-f]{64}$/.test(text)
      ? { name: text.slice(0, 8), id: '', publicKey: fromHex(text) }
      : oneDevice(fleet.enrolment.list(), text),
  );
  const keys = members.map(({ publicKey }) => publicKey);
  return { pending: { ...nothingPending, [action]: keys }, shown: members.map(({ name }) => name) };
}

function show({ enrolment }: Fleet, terminal: Terminal): void {
  const version = enrolment.roll?.roll.version ?? 0;
  const devices = enrolment.list();
  terminal.out(
    terminal.json
      ? JSON.stringify({
          version,
          devices: devices.map(({ id, name, publicKey }) => ({ device: id, name, key: toHex(publicKey) })),
        })
      : `roll ${version}: ${devices.length} enrolled${devices.map(({ name }) => ` ${name}`).join(',')}`,
  );
}
