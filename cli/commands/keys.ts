/** `tars keys`: makes and shows the operator's keys, and root documents of them. */
import { existsSync } from 'node:fs';
import { roles as roleRows } from '../../hal/contract/index.js';
import { keyId } from '../../ota/host/cose.js';
import { toHex } from '../../ota/host/ids.js';
import { makeKey, type KeyFile } from '../../ota/host/keys.js';
import { makeRoot, signRoot, verifyRoot, type RoleName, type Root } from '../../ota/host/root.js';
import { explainRefusal } from '../keys/refusal.js';
import { isOwner, loadRoot } from '../keys/root.js';
import { defineCommand, jsonOption } from '../command.js';
import { systemCode, usageError, UserError } from '../errors.js';
import { writeWhole } from '../files.js';
import { interruptible } from '../interrupt.js';
import { checkNewName, keyNames, keyPath, loadKey, openKeys, storeKey } from '../keys/keystore.js';
import { newPassphrase } from '../keys/passphrase.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { hint } from '../terminal/calling.js';

const roleNames = roleRows.map(({ name }) => name);

export const command = defineCommand({
  positionals: {
    action: {
      type: 'string',
      demandOption: true,
      choices: ['new', 'list', 'show', 'root'],
      describe: 'new, list or show keys; root: make a root document of keys',
    },
    name: { type: 'string', describe: 'name of the key; root: file to write' },
  },
  options: {
    role: {
      type: 'string',
      array: true,
      choices: roleNames,
      default: ['root', 'release'],
      describe: 'new: what the key may sign',
    },
    owner: { type: 'string', describe: 'root: domain of the owner, for version 1' },
    member: { type: 'string', array: true, default: [], describe: 'root: keys that it lists' },
    key: { type: 'string', array: true, default: [], describe: 'root: keys that sign it' },
    threshold: { type: 'number', default: 1, describe: 'root: how many keys must sign root documents and bundles' },
    after: { type: 'string', describe: 'root: the document that it replaces' },
    sequence: {
      type: 'number',
      describe: 'root: bundles below this number are refused from then on, and numbers may jump from here',
    },
    'new-epoch': {
      type: 'boolean',
      default: false,
      describe: 'root: start sequence numbers again, after a key was lost',
    },
    'set-time': {
      type: 'boolean',
      default: false,
      describe: 'root: boards take the time of now for the newest that was signed, after a clock was wrong',
    },
    ...jsonOption,
  },
  alone: ['list'],
  examples: [
    ['tars keys new alice', 'make a key that signs bundles and root documents'],
    ['tars keys new olga --role operator', 'make a key for commands'],
    [
      'tars keys root robots.root --owner robots.example --member alice bob olga --threshold 2 --key alice bob',
      'make the first root document',
    ],
  ],
  async run(args, terminal) {
    const { action, name } = args;
    if (action === 'list') return list(terminal);
    if (!name) throw usageError(`tars keys ${action} needs a name`, 'keys');
    if (action === 'show') return show(terminal, loadKey(name), keyPath(name));
    return interruptible(
      () =>
        action === 'new'
          ? make(terminal, name, args.role as RoleName[])
          : makeDocument(terminal, name, { ...args, newEpoch: args['new-epoch'], setTime: args['set-time'] }),
      () => ({ done: `nothing was written for ${name}`, cure: 'run it again' }),
    );
  },
});

const describe = (file: KeyFile): Record<string, unknown> => ({
  name: file.name,
  id: toHex(keyId(file.publicKey)),
  roles: file.roles,
  publicKey: toHex(file.publicKey),
});

async function make(terminal: Terminal, name: string, roles: readonly RoleName[]): Promise<void> {
  checkNewName(name);
  const file = makeKey({ name, roles, passphrase: await newPassphrase(`passphrase of the new key ${name}`) });
  const path = storeKey(file);
  if (terminal.json) return terminal.out(JSON.stringify({ ...describe(file), file: path }));
  terminal.out(`${name}: key ${toHex(keyId(file.publicKey))} for ${roles.join(', ')} in ${path}`);
  terminal.note('keep a copy of this file and its passphrase: without them nobody signs in its name again');
}

function show(terminal: Terminal, file: KeyFile, path: string): void {
  if (terminal.json) return terminal.out(JSON.stringify({ ...describe(file), file: path }));
  const rows = [
    ['FIELD', 'VALUE'],
    ['name', file.name],
    ['id', toHex(keyId(file.publicKey))],
    ['roles', file.roles.join(', ')],
    ['public key', toHex(file.publicKey)],
  ];
  for (const line of table(rows, terminal)) terminal.out(line);
}

function list(terminal: Terminal): void {
  const files = keyNames().flatMap((name) => {
    try {
      return [loadKey(name)];
    } catch (error) {
      // One file that can't be used must not hide the others.
      if (!(error instanceof UserError)) throw error;
      terminal.note(`${error.message}; ${error.cure}`);
      return [];
    }
  });
  if (terminal.json) return terminal.out(JSON.stringify(files.map(describe)));
  if (files.length === 0) return terminal.note(`no keys yet: make one with ${hint`tars keys new NAME`}`);
  for (const line of table(
    [['NAME', 'ID', 'ROLES'], ...files.map((file) => [file.name, toHex(keyId(file.publicKey)), file.roles.join(', ')])],
    terminal,
  ))
    terminal.out(line);
}

interface DocumentArgs {
  readonly owner?: string | undefined;
  readonly member: readonly string[];
  readonly key: readonly string[];
  readonly threshold: number;
  readonly after?: string | undefined;
  readonly sequence?: number | undefined;
  readonly newEpoch: boolean;
  readonly setTime: boolean;
}

async function makeDocument(
  terminal: Terminal,
  path: string,
  { owner, member, key, threshold, after, sequence, newEpoch, setTime }: DocumentArgs,
): Promise<void> {
  if (existsSync(path)) throw takenError(path);
  const old = after === undefined ? undefined : loadRoot(after);
  const domain = owner ?? old?.root.owner;
  if (domain === undefined) throw usageError('the first root document needs --owner', 'keys');
  if (!isOwner(domain)) throw usageError('--owner takes a domain, like robots.example', 'keys');
  if (!Number.isInteger(threshold) || threshold < 1)
    throw usageError('--threshold takes a whole number from 1', 'keys');
  if (sequence !== undefined && !(Number.isInteger(sequence) && sequence >= 0 && sequence <= 0xffffffff))
    throw usageError('--sequence takes a whole number from 0 to 4294967295', 'keys');
  if (member.length === 0 || key.length === 0) throw usageError('a root document needs --member and --key', 'keys');
  const root = makeRoot({
    version: (old?.root.version ?? 0) + 1,
    epoch: (old?.root.epoch ?? 0) + (newEpoch ? 1 : 0),
    sequence: sequence ?? (newEpoch ? 0 : (old?.root.sequence ?? 0)),
    owner: domain,
    ...(setTime && { timeS: Math.floor(Date.now() / 1000) }),
    ...members([...new Set(member)].map(loadKey), threshold),
  });
  const bytes = signRoot(root, await openKeys([...new Set(key)]));
  const result = verifyRoot(bytes, old);
  if ('refused' in result) throw explainRefusal(path, result.refused);
  try {
    writeWhole(path, bytes, { fresh: true });
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? takenError(path) : error;
  }
  const { version, epoch } = root;
  terminal.out(
    terminal.json
      ? JSON.stringify({ output: path, bytes: bytes.length, version, epoch, owner: domain })
      : `${path}: root document ${version} of ${domain}, epoch ${epoch}, ${root.keys.length} keys, ` +
          `${bytes.length} bytes`,
  );
}

/** A root document that is overwritten may be the only copy that the next one can follow. */
const takenError = (path: string): UserError =>
  new UserError('file_exists', `there is a file ${path} already`, {
    cure: 'name another one: the next document needs the one before',
  });

/** Keys with their roles; the threshold is for root and release, one key suffices for the others. */
function members(files: readonly KeyFile[], threshold: number): Pick<Root, 'keys' | 'thresholds'> {
  const one = (role: RoleName): number => (files.some((file) => file.roles.includes(role)) ? 1 : 0);
  return {
    thresholds: { root: threshold, release: threshold, operator: one('operator'), aot: one('aot'), dev: one('dev') },
    keys: files.map(({ publicKey, roles, name }) => ({ publicKey, roles, name })),
  };
}
