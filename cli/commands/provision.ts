/** `tars provision`: makes a board its owner's, over a physical port, and tells it where its broker is. */
import { isIP } from 'node:net';
import { toHex } from '../../ota/host/ids.js';
import type { Root } from '../../ota/host/root.js';
import { nothingPending } from '../../ota/operator/enrolment.js';
import { brokerAddress, certificate, fleetName } from '../fleet/brokers.js';
import { defineCommand, jsonOption, portOption } from '../command.js';
import { usageError, UserError } from '../errors.js';
import { interruptible } from '../interrupt.js';
import { keepFleet } from '../fleet/settings.js';
import { record } from '../fleet/audit.js';
import { decideHere } from '../fleet/rolls.js';
import {
  checkReadable,
  findRoot,
  keepRoot,
  keptRootOf,
  readIdentity,
  recordCable,
  type Identity,
  type RootFile,
} from '../keys/owner.js';
import { withSession, type Session } from '../device/session.js';
import { approve } from '../terminal/approve.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { upload } from '../device/upload.js';

export const command = defineCommand({
  positionals: {},
  options: {
    ...portOption,
    root: { type: 'string', describe: "the owner's root document" },
    broker: { type: 'string', describe: 'broker of the fleet: mqtt[s]://host:port' },
    fleet: { type: 'string', describe: 'name of the fleet' },
    ca: { type: 'string', describe: "PEM file: the certificate that the broker's must be signed by" },
    user: { type: 'string', default: '', describe: 'user name at the broker' },
    password: {
      type: 'string',
      describe: 'password at the broker (others on this computer can see it here: TARS_BROKER_PASSWORD is better)',
    },
    erase: {
      type: 'boolean',
      default: false,
      describe: 'give the board up: apps, keys and owner are erased, it is open then',
    },
    yes: { type: 'boolean', default: false, describe: 'with --erase: without asking' },
    ...jsonOption,
  },
  examples: [
    ['tars provision --root robots.root', 'the only board takes orders of this owner from now on'],
    [
      'tars provision --port rover --root robots.root --broker mqtts://broker.example:8883 --ca ca.pem --fleet line1',
      'and gets its updates from a broker',
    ],
    ['tars provision --port rover --erase --yes', 'the board belongs to nobody again'],
  ],
  async run({ port, root, broker, fleet, ca, user, password, erase, yes }, terminal) {
    if (erase) return withSession(port, (session) => giveUp(session, yes, terminal));
    let done = 'the board is as it was';
    const tell = (now: string): void => void (done = now);
    const network = networkOf({
      broker,
      fleet,
      ca,
      user,
      password: password ?? process.env['TARS_BROKER_PASSWORD'] ?? '',
    });
    const file = findRoot(root);
    const { inForce } = await withSession(port, (session) =>
      interruptible(
        () => own(session, file, network, { terminal, tell }),
        () => ({ done, cure: 'run it again: it does the rest' }),
      ),
    );
    // A board that has a newer one already doesn't make the older one worth keeping.
    if (inForce === file.root.version) keepRoot(file.root.owner, file.bytes);
    if (network)
      keepFleet({
        fleet: network.fleet,
        owner: file.root.owner,
        broker: network.broker,
        user,
        ...(network.ca && { ca: network.ca.toString() }),
      });
  },
});

interface Network {
  readonly broker: string;
  readonly fleet: string;
  readonly user: string;
  readonly password: string;
  readonly ca?: ReturnType<typeof certificate>;
}

function networkOf({
  broker,
  fleet,
  ca,
  user,
  password,
}: {
  broker?: string | undefined;
  fleet?: string | undefined;
  ca?: string | undefined;
  user: string;
  password: string;
}): Network | undefined {
  if (broker === undefined) {
    if (fleet !== undefined || ca !== undefined || user !== '')
      throw usageError('--fleet, --ca and --user go with --broker', 'provision');
    return undefined;
  }
  if (fleet === undefined) throw usageError('--broker needs --fleet, the name of the fleet', 'provision');
  const address = brokerAddress(broker);
  if (address.tls && ca === undefined)
    throw usageError("mqtts needs --ca: the certificate that the broker's must be signed by", 'provision');
  if (!address.tls && ca !== undefined)
    throw usageError('--ca goes with mqtts://, this broker is mqtt://', 'provision');
  if (address.tls && isIP(address.host) === 6)
    throw usageError('name the broker of mqtts by its host name or IPv4 address', 'provision');
  return {
    broker: address.url,
    fleet: fleetName(fleet),
    user,
    password,
    ...(ca !== undefined && { ca: certificate(ca) }),
  };
}

/**
 * Certificate, broker, root document, in this order: with the root document the board is owned, and changes must be
 * signed. The board is enrolled in its fleet: its key came over a port in somebody's hands. Returns the version of the
 * root document that is in force then.
 */
async function own(
  { link, hello }: Session,
  file: RootFile,
  network: Network | undefined,
  { terminal, tell }: { readonly terminal: Terminal; readonly tell: (done: string) => void },
): Promise<{ readonly inForce: number }> {
  const before = await readIdentity(link);
  if (!before)
    throw new UserError('old_firmware', `the firmware ${hello.firmware} of ${hello.device} knows no owners`, {
      cure: 'update the firmware of the board',
    });
  checkReadable(before);
  const open = before.root === 0;
  checkOwner(before, file, network);
  if (open && network) {
    tell('the board has no owner yet, and perhaps the broker');
    if (network.ca) await upload(link, 'ca', network.ca.raw);
    await link.request(
      'network.set',
      { broker: network.broker, fleet: network.fleet, user: network.user, password: network.password },
      { timeoutMs: 5000 },
    );
  }
  tell(`it is not certain that the board has root document ${file.root.version}; it is not enrolled here`);
  const { same } = before.root > file.root.version ? { same: true } : await upload(link, 'root', file.bytes);
  const identity = await link.request('identity', {});
  const called = identity.fleet === '' ? '' : enrol(file.root, identity, hello);
  show({ name: hello.device, identity, same: same && !open, called }, terminal);
  if (identity.fleet !== '' && called === '')
    terminal.note('its key was revoked: erase the board and provision it again, then it makes itself a new one');
  return { inForce: identity.root };
}

/** What the board is called in its fleet; empty: its key was revoked. */
function enrol(root: Root, { fleet, key, device }: Identity, hello: Session['hello']): string {
  const row = { publicKey: key, class: hello.class, name: hello.device };
  const enrolment = decideHere(root, fleetName(fleet), { ...nothingPending, enrol: [row] });
  const name = enrolment.get(toHex(device))?.name ?? '';
  record(root.owner, fleetName(fleet), 'provision', { device: toHex(device), key: toHex(key), name });
  return name;
}

/** What can't be changed any more on a board with an owner. */
function checkOwner(identity: Identity, { root }: RootFile, network: Network | undefined): void {
  if (identity.root === 0) return;
  const cure = 'erase it first with `tars provision --erase`; that needs the board in your hands';
  if (identity.owner !== root.owner)
    throw new UserError('owned', `the board belongs to ${identity.owner}, not to ${root.owner}`, { cure });
  if (!network || (network.broker === identity.broker && network.fleet === identity.fleet)) return;
  const now = identity.broker === '' ? 'no broker' : `${identity.broker}, fleet ${identity.fleet}`;
  throw new UserError('owned', `the board has an owner and ${now}; that is fixed since it was provisioned`, { cure });
}

function show(
  { name, identity, same, called }: { name: string; identity: Identity; same: boolean; called: string },
  terminal: Terminal,
): void {
  const { owner, root, broker, fleet } = identity;
  const [id, key] = [toHex(identity.device), toHex(identity.key)];
  if (terminal.json)
    return terminal.out(JSON.stringify({ name, owner, root, device: id, key, broker, fleet, called, same }));
  terminal.out(
    same
      ? `${name}: nothing to do, it belongs to ${owner} already`
      : `${name}: belongs to ${owner} now, root document ${root}`,
  );
  const rows = [
    ['FIELD', 'VALUE'],
    ['device', id],
    ['key', key],
    ...(broker === ''
      ? []
      : [
          ['broker', broker],
          ['fleet', fleet],
          ['called', called],
        ]),
  ];
  for (const line of table(rows, terminal)) terminal.out(line);
}

async function giveUp({ link, hello }: Session, yes: boolean, terminal: Terminal): Promise<void> {
  const identity = await readIdentity(link);
  const owner = identity?.owner || 'nobody';
  await approve({
    what: `${hello.device} belongs to ${owner}; erasing removes its apps, its key and its owner for good`,
    question: 'Erase it?',
    cure: 'add --yes if that is what you want',
    yes,
    terminal,
  });
  await interruptible(
    () => link.request('erase', {}, { timeoutMs: 10_000 }),
    () => ({
      done: `${hello.device} was told to erase itself, and is still enrolled here`,
      cure: 'look with `tars ps`: if it has no owner any more, take its key out of the fleet with `tars fleet forget`',
    }),
  );
  const root = identity ? keptRootOf(identity.owner) : undefined;
  // Its key is gone with it: what comes under this key from now on is somebody else's.
  if (identity && root && identity.fleet !== '')
    decideHere(root, fleetName(identity.fleet), { ...nothingPending, forget: [identity.key] });
  if (identity) recordCable(identity, 'erase', {});
  terminal.out(
    terminal.json
      ? JSON.stringify({ name: hello.device, erased: true, owner })
      : `${hello.device}: erased, it belongs to nobody now`,
  );
}
