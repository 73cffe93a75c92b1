/** Boards with an owner: who they are, what must be signed for them, and the owner's root document on this machine. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Commandable, type ErrorName, errors } from '../../hal/contract/index.js';
import type { Signer } from '../../ota/host/envelope.js';
import { toHex } from '../../ota/host/ids.js';
import type { Root, TrustedRoot } from '../../ota/host/root.js';
import { MAX_COMMAND, signFleet } from '../../ota/host/signed.js';
import { encodeBody, link as rows, type MessageBody, type ResponseBody } from '../../sdk/wire/index.js';
import { readNamed, writeWhole } from '../files.js';
import { isOwner, loadRoot } from './root.js';
import { UserError } from '../errors.js';
import { record } from '../fleet/audit.js';
import { fleetName } from '../fleet/brokers.js';
import { KeyRing } from './keyring.js';
import { openKeys, settingsFolder } from './keystore.js';
import type { Session } from '../device/session.js';
import { BoardError, type RequestOptions } from '../transport/client.js';
import type { LinkClient } from '../transport/link.js';
import { hint } from '../terminal/calling.js';

/** What a board says of its owner. */
export type Identity = ResponseBody<(typeof rows)['identity']>;

/** The option of commands that change something on a board. */
export const keyOption = {
  key: {
    type: 'string',
    array: true,
    nargs: 1,
    default: [],
    describe: 'operator key that signs, for a board with an owner; as many as the root document wants',
  },
} as const;

/** Who the board is; undefined for firmware from before owners. */
export async function readIdentity(link: LinkClient): Promise<Identity | undefined> {
  try {
    return await link.request('identity', {});
  } catch (error) {
    if (error instanceof BoardError && (error.code === 'invalid' || error.code === 'unknown')) return undefined;
    throw error;
  }
}

/** Whose the board is, for people. */
export function ownerText(identity: Identity | undefined): string {
  if (identity?.unreadable) return `DAMAGED: it had an owner and takes nothing; ${hint`tars repair`} helps`;
  if (!identity || identity.root === 0) return 'open: anybody at its port commands it';
  const fleet = identity.fleet === '' ? '' : `, fleet ${identity.fleet} ${identity.online ? 'on line' : 'off line'}`;
  const app = identity.number === 0 ? '' : `, bundle ${identity.number}`;
  return `owned by ${identity.owner}${fleet}${app}`;
}

/** Why the board has no session with its broker, for people; empty if it has one, or no broker. */
export const troubleText = (identity: Identity | undefined): string =>
  identity && identity.trouble !== '' ? `no session with the broker ${identity.broker}: ${identity.trouble}` : '';

/** The refusal of an unsigned change, before it is sent. */
export function ownedError({ owner }: Identity, what: string): UserError {
  const row = errors.find(({ name }) => name === 'owned');
  return new UserError('owned', `the board belongs to ${owner}, so ${what} must be signed`, {
    cure: row?.cure ?? 'sign it with --key',
  });
}

/** Refuses, before anything is sent, what a board with a damaged flash would refuse. */
export function checkReadable(identity: Identity): void {
  if (!identity.unreadable) return;
  const row = errors.find(({ name }) => name === 'unreadable');
  throw new UserError('unreadable', row?.text ?? 'the flash is damaged', { cure: row?.cure ?? 'repair it' });
}

/** Length of a step of the counter, and where it starts: u32 lasts until 2042. */
const COUNTER_MS = 125;
const COUNTER_START = Date.UTC(2025, 0, 1);
let lastCounter = 0;

/**
 * Counter of the next command. A nonce takes only rising ones and doesn't say which was the last, so it is made of
 * the time: two programs that command one board keep out of each other's way without talking.
 */
export function nextCounter(nowMs = Date.now()): number {
  lastCounter = Math.max(lastCounter + 1, Math.floor((nowMs - COUNTER_START) / COUNTER_MS));
  return lastCounter;
}

/** Bytes of a signed command under a nonce that the board gave a moment ago. */
export function signCommand<N extends Commandable>(
  name: N,
  body: MessageBody<(typeof rows)[N]>,
  {
    device,
    nonce,
    signers,
  }: {
    readonly device: Uint8Array;
    readonly nonce: Uint8Array;
    readonly signers: readonly Signer[];
  },
): { readonly document: Uint8Array; readonly counter: number } {
  const counter = nextCounter();
  const row = rows[name];
  return {
    document: signFleet(
      'command',
      { device, nonce, counter, request: row.id, body: encodeBody(row, body as never) },
      signers,
    ),
    counter,
  };
}

/** What is done over a cable to a device of a fleet stands in the log of the fleet, too. */
export function recordCable(
  { owner, fleet, device }: Identity,
  action: string,
  details: Readonly<Record<string, unknown>>,
): void {
  if (fleet !== '' && keptRootOf(owner))
    record(owner, fleetName(fleet), action, { device: toHex(device), by: 'cable', ...details });
}

/** Refusals that say that other keys must sign. */
const SIGNERS: readonly string[] = ['unknown_key', 'role', 'threshold'] satisfies readonly ErrorName[];

/** The refusal with the keys that may sign a command, as far as this machine knows them. */
function withSigners(error: BoardError, { owner, root: version }: Identity): BoardError {
  const root = keptRootOf(owner);
  const keys = root?.version === version ? root.keys.filter(({ roles }) => roles.includes('operator')) : [];
  const names = keys.length > 0 ? `: ${keys.map(({ name }) => name).join(', ')}` : '';
  return error.with([`a command is signed with the role operator${names}`]);
}

/** The root document that is in force, if it is kept here and the keys are enough to sign a command under it. */
export function commandRoot(keys: readonly string[], { owner, root: version }: Identity): Root | undefined {
  const root = keptRootOf(owner);
  return root?.version === version && new KeyRing(keys).can(root, 'operator') ? root : undefined;
}

/** Sends changes to a board: as they are to an open one, signed to one with an owner. */
export class Changer {
  private signers: readonly Signer[] | undefined;
  private readonly session: Session;
  private readonly keys: readonly string[];

  constructor(session: Session, keys: readonly string[]) {
    this.session = session;
    this.keys = keys;
  }

  /** Sends a request that changes something; none of them has fields in its response. */
  async send<N extends Commandable>(
    name: N,
    body: MessageBody<(typeof rows)[N]>,
    options: RequestOptions = {},
  ): Promise<void> {
    const { link, hello } = this.session;
    if (!hello.owned) return void (await link.request(name as 'start', body as never, options));
    const identity = await link.request('identity', {});
    if (this.keys.length === 0) throw ownedError(identity, name);
    const root = commandRoot(this.keys, identity);
    this.signers ??= await (root ? new KeyRing(this.keys).signers(root, 'operator') : openKeys(this.keys));
    const { document } = signCommand(name, body, { ...identity, signers: this.signers });
    if (document.length > MAX_COMMAND)
      throw new UserError(
        'too_long',
        `the signed command has ${document.length} bytes, at most ${MAX_COMMAND} fit a frame`,
        { cure: 'send less at once' },
      );
    await link.request('command', { document }, options).catch((error: unknown) => {
      throw error instanceof BoardError && SIGNERS.includes(error.code) ? withSigners(error, identity) : error;
    });
    recordCable(identity, 'command', { request: name });
  }
}

const ownersFolder = (): string => join(settingsFolder(), 'owners');

/** Keeps a copy of a root document, so that later commands find it by its owner. */
export function keepRoot(owner: string, bytes: Uint8Array): void {
  mkdirSync(ownersFolder(), { recursive: true, mode: 0o700 });
  const path = join(ownersFolder(), `${owner}.root`);
  writeWhole(path, bytes);
}

/** A root document with its bytes. */
export interface RootFile extends TrustedRoot {
  readonly bytes: Uint8Array;
}

/** The root document in a file, else the one that is kept of this owner, else the only one that is kept. */
export function findRoot(path: string | undefined, owner?: string): RootFile {
  const kept = path === undefined ? keptRoot(owner) : path;
  return { ...loadRoot(kept), bytes: readNamed(kept) };
}

function keptRoot(owner: string | undefined): string {
  const wanted = owner === undefined ? undefined : `${owner}.root`;
  const all = existsSync(ownersFolder()) ? readdirSync(ownersFolder()).filter((name) => name.endsWith('.root')) : [];
  const found = all.filter((name) => wanted === undefined || name === wanted);
  if (found.length === 1) return join(ownersFolder(), found[0] as string);
  const message =
    found.length > 1
      ? `this machine knows the owners ${found.map((name) => name.slice(0, -5)).join(', ')}`
      : `the root document${owner ? ` of ${owner}` : ''} is needed`;
  throw new UserError('no_root', message, {
    cure: 'name it with --root FILE; `tars keys root` makes one, and `tars provision` keeps a copy',
  });
}

/** The root document that is kept of an owner, if one is. */
export function keptRootOf(owner: string): Root | undefined {
  const path = join(ownersFolder(), `${owner}.root`);
  return isOwner(owner) && existsSync(path) ? loadRoot(path).root : undefined;
}
