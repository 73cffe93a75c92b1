/**
 * The operator's keys on this machine: one file each, readable by their owner only, and the numbers that bundles got.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Signer } from '../../ota/host/envelope.js';
import { KeyError, openKey, readKey, writeKey, type KeyFile } from '../../ota/host/keys.js';
import { cannotWrite, systemCode, UserError } from '../errors.js';
import { readText, writeWhole } from '../files.js';
import { alone } from '../lock.js';
import { hint } from '../terminal/calling.js';
import { tryPassphrases } from './passphrase.js';
import { didYouMean } from '../terminal/near.js';

const OWNER_ONLY = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;
const EXTENSION = '.key';
const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Folder of this user's settings. */
export const settingsFolder = (): string => join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'tars');
const keysFolder = (): string => join(settingsFolder(), 'keys');

/** Path of a key: a name in the store, or a path with a slash or the file's ending. */
export const keyPath = (name: string): string =>
  name.includes('/') || name.endsWith(EXTENSION) ? name : join(keysFolder(), `${name}${EXTENSION}`);

/** Names of all keys in the store. */
export function keyNames(): string[] {
  if (!existsSync(keysFolder())) return [];
  return readdirSync(keysFolder())
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
}

/** Refuses a name that can't be a new key's. */
export function checkNewName(name: string): void {
  if (!NAME.test(name))
    throw new UserError('bad_name', `${name} can't be the name of a key`, {
      cure: 'use up to 32 of a-z, 0-9, - and _, beginning with a letter or digit',
    });
  if (existsSync(keyPath(name))) throw keyExists(name);
}

const keyExists = (name: string): UserError =>
  new UserError('key_exists', `there is a key ${name} already (${keyPath(name)})`, {
    cure: 'choose another name; a key that is overwritten is lost',
  });

/** Writes a new key; nobody but its owner can read it. Returns its path. */
export function storeKey(file: KeyFile): string {
  const path = keyPath(file.name);
  try {
    mkdirSync(keysFolder(), { recursive: true, mode: FOLDER_MODE });
    // Never over another key, even if it came into being since the name was checked.
    writeWhole(path, writeKey(file), { mode: OWNER_ONLY, fresh: true });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw keyExists(file.name);
    throw error instanceof UserError ? error : cannotWrite(path, error);
  }
  return path;
}

/** Reads a key without opening it. */
export function loadKey(name: string): KeyFile {
  const path = keyPath(name);
  try {
    if (statSync(path).mode & OTHERS)
      throw new UserError('open_key', `others can read ${path}`, {
        cure: `run ${hint`chmod 600 ${path}`}, and make a new key if somebody may have`,
      });
    return readKey(readText(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof KeyError)
      throw new UserError('bad_key', `can't use ${path}: ${error.message}`, {
        cure: 'restore it from a copy, or remove it and make a new key with `tars keys new`',
      });
    if (systemCode(error) === 'ENOENT')
      throw new UserError('no_key', `there is no key ${name} (${path})${didYouMean(name, keyNames())}`, {
        cure: 'see `tars keys list`, or make it with `tars keys new`',
      });
    if (systemCode(error))
      throw new UserError('cannot_read', `can't read ${path} (${systemCode(error)})`, {
        cure: 'check who may read it',
      });
    throw error;
  }
}

/** Opens keys, asking for their passphrases one after the other. */
export async function openKeys(names: readonly string[]): Promise<readonly Signer[]> {
  const signers: Signer[] = [];
  for (const name of names) {
    const file = loadKey(name);
    signers.push(await tryPassphrases(`passphrase of ${file.name}`, (passphrase) => open(file, passphrase)));
  }
  return signers;
}

function open(file: KeyFile, passphrase: string): Signer {
  try {
    return openKey(file, passphrase);
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new UserError('wrong_passphrase', `can't open the key ${file.name}: ${error.message}`, {
      cure: "try again; a forgotten passphrase can't be recovered, only a new key helps",
    });
  }
}

const sequencesPath = (): string => join(settingsFolder(), 'sequences.json');
const sequencesLock = (): string => `${sequencesPath()}.lock`;

function readSequences(): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(sequencesPath(), 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {};
    throw new UserError('bad_sequences', `can't read ${sequencesPath()} (${systemCode(error) ?? 'not JSON'})`, {
      cure: 'remove the file, and give the next bundle a number above the last one with --sequence',
    });
  }
}

/** Last number that this machine gave a bundle of an owner and epoch; 0: none. */
export function lastSequence(owner: string, epoch: number): number {
  const last = readSequences()[`${owner}/${epoch}`];
  return typeof last === 'number' ? last : 0;
}

/** Remembers the number of a bundle. */
export function noteSequence(owner: string, epoch: number, number: number): void {
  alone(sequencesLock(), () => void writeSequence(owner, epoch, number));
}

/**
 * Gives a bundle the next number, `floor` at least, and remembers it: two that are packed at once get different ones.
 */
export const takeSequence = (owner: string, epoch: number, floor: number): number =>
  alone(sequencesLock(), () => writeSequence(owner, epoch, Math.max(lastSequence(owner, epoch) + 1, floor)));

function writeSequence(owner: string, epoch: number, number: number): number {
  if (lastSequence(owner, epoch) >= number) return number;
  const path = sequencesPath();
  // Whole or not at all: a number that is forgotten could be given twice.
  writeWhole(path, `${JSON.stringify({ ...readSequences(), [`${owner}/${epoch}`]: number }, undefined, 2)}\n`);
  return number;
}
