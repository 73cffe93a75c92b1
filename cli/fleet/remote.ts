/** Commands to a device through its broker: signed as on the link, answered by a signed reply. */
import { type Commandable, phases } from '../../hal/contract/index.js';
import { fromHex } from '../../ota/host/ids.js';
import type { Device } from '../../ota/operator/devices.js';
import { topicPath } from '../../ota/operator/topics.js';
import { link as rows, type MessageBody } from '../../sdk/wire/index.js';
import { exitCodes, usageError, UserError } from '../errors.js';
import { KeyRing } from '../keys/keyring.js';
import { signCommand } from '../keys/owner.js';
import { BoardError } from '../transport/client.js';
import { anchorLog } from './anchor.js';
import { record } from './audit.js';
import { openFleet, type OpenFleet, placeOf, type FleetArgs } from './open.js';
import { oneDevice } from './targets.js';

export const remoteOptions = {
  device: { type: 'string', describe: 'through a broker: name or id of the device, instead of --port' },
  fleet: {
    type: 'string',
    describe: 'through a broker: name of the fleet (default: the only one that this machine knows)',
  },
  broker: { type: 'string', describe: 'through a broker: its address (default: as `tars provision` was told)' },
  root: {
    type: 'string',
    describe: "through a broker: the owner's root document (default: the copy that `tars provision` kept)",
  },
} as const;

export interface RemoteArgs extends Omit<FleetArgs, 'ca' | 'user'> {
  readonly device: string | undefined;
  readonly port: string | undefined;
  readonly key: readonly string[];
}

const REPLY_MS = 15_000;

/** True if the command is meant for a device behind a broker. */
export function isRemote({ device, fleet, broker, root, port }: RemoteArgs): boolean {
  if (device === undefined) {
    if (fleet !== undefined || broker !== undefined || root !== undefined)
      throw usageError('--fleet, --broker and --root go with --device');
    return false;
  }
  if (port !== undefined)
    throw usageError('--device reaches the board through its broker, --port over a cable: choose one');
  return true;
}

/** Sends one command, and waits for what the device answers. */
export async function sendRemote<N extends Commandable>(
  args: RemoteArgs,
  name: N,
  body: MessageBody<(typeof rows)[N]>,
): Promise<void> {
  const place = placeOf({ ...args, ca: undefined, user: undefined });
  const signers = await new KeyRing(args.key).signers(place.file.root, 'operator');
  const open = await openFleet(place);
  try {
    const target = oneDevice(open.fleet.devices.list(), args.device ?? '');
    if (!target.online)
      throw new UserError('offline', `${target.name} is off line, and commands are not kept`, {
        cure: 'try again when `tars fleet list` shows it on line',
      });
    // A command names a nonce that the board gave a moment ago: one that is held back on the way is worth nothing
    // later.
    const { nonce } = await exchange(open, target, ASK_NONCE, new Uint8Array());
    // Before and after: a kill in between leaves a trace of what may have been done.
    const log = (details: Readonly<Record<string, unknown>>): void =>
      record(place.file.root.owner, place.settings.fleet, 'command', { device: target.id, request: name, ...details });
    log({ body: plain(body) });
    const { document, counter } = signCommand(name, body, { device: fromHex(target.id), nonce, signers });
    const { code } = await exchange(open, target, counter, document);
    log({ code });
    await anchorLog(open, signers);
    if (code !== 0) throw new BoardError(code, (text) => `${target.name} refused ${name}: ${text}`);
  } finally {
    await open.broker.close();
  }
}

/** A body as JSON can show it. */
const plain = (body: object): unknown =>
  JSON.parse(JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));

interface Answer {
  readonly code: number;
  /** For the next command; empty if this one was refused before it was looked into. */
  readonly nonce: Uint8Array;
}

/** The number under which the device answers an empty message. */
const ASK_NONCE = 0;

/** Publishes what the device answers under this number, and waits for the answer. */
async function exchange(
  { broker, fleet, lost, place }: OpenFleet,
  { id, name }: Device,
  number: number,
  document: Uint8Array,
): Promise<Answer> {
  let stop = (): void => undefined;
  const answered = new Promise<Answer>((resolve, reject) => {
    const timer = setTimeout(() => reject(noAnswer(name)), REPLY_MS);
    const off = fleet.on((event) => {
      if (event.kind === 'report' && event.device.id === id && event.report.phase === REFUSED)
        resolve({ code: event.report.code, nonce: new Uint8Array() });
      else if (event.kind === 'reply' && event.device.id === id && event.reply.command === number) resolve(event.reply);
    });
    stop = () => {
      clearTimeout(timer);
      off();
    };
  });
  answered.catch(() => undefined);
  try {
    await broker.publish(topicPath(place.settings.fleet, 'command', { device: id }), document);
    return await Promise.race([answered, lost]);
  } finally {
    stop();
  }
}

/** Phase of a report about a command that was not even looked into. */
const REFUSED = phases.findIndex(({ name }) => name === 'refused');

const noAnswer = (name: string): UserError =>
  new UserError('no_answer', `${name} does not answer`, {
    cure: 'look whether it is still on line with `tars fleet list`, then send it again',
    exit: exitCodes.board,
  });
