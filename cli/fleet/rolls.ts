/** The roll of a fleet on this machine: the newest that was accepted, and decisions that aren't signed yet. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sameBytes } from '../../ota/host/cbor.js';
import { isRefused } from '../../ota/host/envelope.js';
import { fromHex, toHex } from '../../ota/host/ids.js';
import { readRoll, type TrustedRoll } from '../../ota/host/roll.js';
import type { Root } from '../../ota/host/root.js';
import { Enrolment, nothingPending, type Pending, stillPending } from '../../ota/operator/enrolment.js';
import { UserError } from '../errors.js';
import { writeWhole } from '../files.js';
import { settingsFolder } from '../keys/keystore.js';
import { alone } from '../lock.js';

/** Beginning of the paths of a fleet's files. */
const base = ({ owner }: Root, fleet: string): string => join(settingsFolder(), 'rolls', `${owner}.${fleet}`);

interface PendingJson {
  readonly enrol: readonly { readonly key: string; readonly class: string; readonly name: string }[];
  readonly forget: readonly string[];
  readonly revoke: readonly string[];
}

const damaged = (path: string): UserError =>
  new UserError('bad_roll', `what this machine knows of the fleet's devices can't be read: ${path}`, {
    cure: 'move the file away; the roll comes back from the broker, and `tars fleet enrol` adds who is missing',
  });

function readPending(path: string): Pending {
  if (!existsSync(path)) return nothingPending;
  try {
    const { enrol, forget, revoke } = JSON.parse(readFileSync(path, 'utf8')) as PendingJson;
    return {
      enrol: enrol.map(({ key, class: boardClass, name }) => ({ publicKey: fromHex(key), class: boardClass, name })),
      forget: forget.map(fromHex),
      revoke: revoke.map(fromHex),
    };
  } catch {
    throw damaged(path);
  }
}

function readKept(path: string): TrustedRoll | undefined {
  if (!existsSync(path)) return undefined;
  const roll = readRoll(new Uint8Array(readFileSync(path)));
  if (isRefused(roll)) throw damaged(path);
  return roll;
}

const write = (path: string, content: string | Uint8Array): void => writeWhole(path, content, { mode: 0o600 });

function writePending(path: string, { enrol, forget, revoke }: Pending): void {
  const json: PendingJson = {
    enrol: enrol.map(({ publicKey, class: boardClass, name }) => ({ key: toHex(publicKey), class: boardClass, name })),
    forget: forget.map(toHex),
    revoke: revoke.map(toHex),
  };
  write(path, `${JSON.stringify(json, undefined, 2)}\n`);
}

/** Who belongs to a fleet, as far as this machine knows. */
export function readEnrolment(root: Root, fleet: string): Enrolment {
  const path = base(root, fleet);
  return new Enrolment(root, fleet, { kept: readKept(`${path}.roll`), pending: readPending(`${path}.json`) });
}

/** Decides something about a fleet's devices: it counts on this machine at once, and elsewhere when it is signed. */
export function decideHere(root: Root, fleet: string, pending: Pending): Enrolment {
  const path = base(root, fleet);
  mkdirSync(join(settingsFolder(), 'rolls'), { recursive: true, mode: 0o700 });
  return alone(`${path}.lock`, () => {
    const enrolment = readEnrolment(root, fleet);
    enrolment.decide(pending);
    writePending(`${path}.json`, enrolment.pending);
    return enrolment;
  });
}

/** Keeps a roll that was accepted, unless a newer one is kept, and forgets the decisions that are in it. */
export function keepRoll(root: Root, fleet: string, roll: TrustedRoll): void {
  const path = base(root, fleet);
  mkdirSync(join(settingsFolder(), 'rolls'), { recursive: true, mode: 0o700 });
  alone(`${path}.lock`, () => {
    const kept = readKept(`${path}.roll`);
    if (kept && (kept.roll.version > roll.roll.version || sameBytes(kept.bytes, roll.bytes))) return;
    write(`${path}.roll`, roll.bytes);
    writePending(`${path}.json`, stillPending(readPending(`${path}.json`), roll.roll.devices));
  });
}
