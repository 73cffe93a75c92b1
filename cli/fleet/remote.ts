/** Commands to a device through its broker: signed as on the link, answered by a signed reply. */
import { type Commandable, phases } from '../../hal/contract/index.js';
import { fromHex } from '../../ota/host/ids.js';
import { topicPath } from '../../ota/operator/topics.js';
import { link as rows, type MessageBody } from '../../sdk/wire/index.js';
import { exitCodes, usageError, UserError } from '../errors.js';
import { KeyRing } from '../keys/keyring.js';
import { signCommand } from '../keys/owner.js';
import { BoardError } from '../transport/client.js';
import { openFleet, placeOf, type FleetArgs } from './open.js';
import { checkClock, oneDevice } from './targets.js';

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
  const { broker, fleet, lost } = await openFleet(place);
  try {
    const target = oneDevice(fleet.devices.list(), args.device ?? '');
    checkClock([target], Date.now());
    if (!target.online)
      throw new UserError('offline', `${target.birth.name} is off line, and commands are not kept`, {
        cure: 'try again when `tars fleet list` shows it on line',
      });
    const { document, counter } = signCommand(name, body, {
      device: fromHex(target.id),
      nonce: target.birth.nonce,
      signers,
    });
    const answered = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(noAnswer(target.birth.name)), REPLY_MS);
      fleet.on((event) => {
        if (event.kind === 'report' && event.device.id === target.id && event.report.phase === REFUSED)
          resolve(event.report.code);
        else if (event.kind === 'reply' && event.device.id === target.id && event.reply.command === counter)
          resolve(event.reply.code);
        else return;
        clearTimeout(timer);
      });
    });
    answered.catch(() => undefined);
    await broker.publish(topicPath(place.settings.fleet, 'command', { device: target.id }), document);
    const code = await Promise.race([answered, lost]);
    if (code !== 0) throw new BoardError(code, (text) => `${target.birth.name} refused ${name}: ${text}`);
  } finally {
    await broker.close();
  }
}

/** Phase of a report about a command that was not even looked into. */
const REFUSED = phases.findIndex(({ name }) => name === 'refused');

const noAnswer = (name: string): UserError =>
  new UserError('no_answer', `${name} does not answer`, {
    cure: 'look whether it is still on line with `tars fleet list`, then send it again',
    exit: exitCodes.board,
  });
