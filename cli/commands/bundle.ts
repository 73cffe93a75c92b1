/** `tars bundle`: packs an app and signs it, so that boards of one owner take it. */
import { calls, limits } from '../../hal/contract/index.js';
import { packApp, unpackApp } from '../../ota/host/app.js';
import { BundleError, packBundle, type Bundle, type BundleInput } from '../../ota/host/bundle.js';
import type { Signer } from '../../ota/host/envelope.js';
import { deviceId, fromHex, toHex } from '../../ota/host/ids.js';
import { callBitmap } from '../../ota/host/request.js';
import type { Root } from '../../ota/host/root.js';
import { verifyBundle } from '../../ota/host/verify.js';
import { verify as verifyModule } from '../../sdk/image/index.js';
import { paceOf } from '../../sdk/timing/index.js';
import { checkRoom } from '../compile/fits.js';
import { appFor, roomOf } from '../compile/image.js';
import { grantText } from '../keys/grant.js';
import { explainRefusal } from '../keys/refusal.js';
import { loadRoot } from '../keys/root.js';
import { DEFAULT_BOARD, loadBoard } from '../project/boards.js';
import { defineCommand, jsonOption } from '../command.js';
import { usageError, UserError } from '../errors.js';
import { writeOutput } from '../files.js';
import { noteSequence, openKeys, takeSequence } from '../keys/keystore.js';
import { findProject } from '../project/project.js';
import type { Terminal } from '../terminal/terminal.js';

const PUBLIC_KEY = /^[0-9a-f]{64}$/;

export const command = defineCommand({
  positionals: {
    path: { type: 'string', demandOption: true, describe: '.tars file, folder, or what `tars build` wrote' },
  },
  options: {
    key: {
      type: 'string',
      array: true,
      nargs: 1,
      demandOption: true,
      describe: 'key that signs: a name of `tars keys list` or a file; as many as the root document wants',
    },
    root: { type: 'string', demandOption: true, describe: "the owner's root document" },
    sequence: { type: 'number', describe: 'number of the bundle (default: one more than the last one packed here)' },
    device: { type: 'string', describe: 'only for the device with this public key (64 hexadecimal digits)' },
    health: { type: 'number', default: limits.health_ms.value / 1000, describe: 'health window of the trial, seconds' },
    board: { type: 'string', alias: 'b', describe: 'board to build for (default: what tars.toml says, else virtual)' },
    output: {
      type: 'string',
      alias: 'o',
      demandOption: true,
      describe: 'file to write; a payload that does not fit inside goes beside it',
    },
    ...jsonOption,
  },
  examples: [
    ['tars bundle examples/kalman --root robots.root --key alice -o kalman.bundle', 'build, pack and sign'],
    [
      'tars bundle room.app --root robots.root --key alice --key bob --sequence 42 -o room.bundle',
      'two signatures, a number of your own',
    ],
  ],
  async run({ path, key, root: rootPath, sequence, device, health, board, output }, terminal) {
    const { root } = loadRoot(rootPath);
    if (device !== undefined && !PUBLIC_KEY.test(device))
      throw usageError('--device takes a public key of 64 hexadecimal digits', 'bundle');
    const image = await imageOf(path, board, terminal);
    const publicKey = device === undefined ? new Uint8Array(32) : fromHex(device);
    const signers = await openKeys(key);
    const number = sequence ?? takeSequence(root.owner, root.epoch, Math.max(root.sequence, 1));
    const input = {
      image,
      vendor: root.vendor,
      epoch: root.epoch,
      number,
      healthMs: Math.round(health * 1000),
      ...(device !== undefined && { device: deviceId(root.vendor, publicKey) }),
    };
    const bundle = pack(input, signers);
    check(output, bundle, { root, publicKey, image });
    // Noted first: a number that may have left this machine is never given again.
    noteSequence(root.owner, root.epoch, number);
    write(output, bundle);
    show(terminal, output, bundle, image.length);
  },
});

/** The app image; a bare module is taken to be for the board that is asked for. */
async function imageOf(path: string, board: string | undefined, terminal: Terminal): Promise<Uint8Array> {
  const { class: boardClass } = loadBoard(board ?? DEFAULT_BOARD, findProject(process.cwd()));
  const app = await appFor(path, { boardClass, board }, terminal);
  checkRoom(app.modules, roomOf(app.class));
  return packApp(app);
}

function pack(input: BundleInput, signers: readonly Signer[]): Bundle {
  try {
    return packBundle(input, signers);
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new UserError('bad_bundle', error.message, { cure: 'see `tars bundle --help` and docs/updates.md' });
  }
}

/** Asks the question that a fresh board of this owner would ask, before anything is written. */
function check(
  path: string,
  { bytes, payload, manifest }: Bundle,
  { root, publicKey, image }: { root: Root; publicKey: Uint8Array; image: Uint8Array },
): void {
  // Wherever the fleet is, this number is its next one.
  const boardClass = unpackApp(image).class;
  const { clock } = roomOf(boardClass);
  const board = {
    root: { ...root, sequence: Math.max(root.sequence, manifest.number - 1) },
    class: boardClass,
    publicKey,
    calls: callBitmap(calls.map(({ id }) => id)),
    ...(clock && { pace: paceOf(clock) }),
  };
  const verdict = verifyBundle(bytes, board, {
    ...(payload && { payload }),
    checkApp: ({ modules }) =>
      modules.flatMap((module) => verifyModule(module).map(({ verdict: error, why }) => ({ error, why })))[0],
  });
  if ('refused' in verdict) throw explainRefusal(path, verdict.refused);
}

function write(path: string, { bytes, payload }: Bundle): void {
  writeOutput(path, bytes);
  if (payload) writeOutput(`${path}.payload`, payload, { derived: true });
}

function show(terminal: Terminal, output: string, { bytes, payload, manifest }: Bundle, image: number): void {
  const envelope = payload ? bytes.length : bytes.length - image;
  if (terminal.json) {
    return terminal.out(
      JSON.stringify({
        output,
        bytes: bytes.length,
        envelope,
        image,
        epoch: manifest.epoch,
        sequence: manifest.number,
        digest: toHex(manifest.digest),
        load: manifest.grant.budget.load,
        priority: manifest.grant.budget.priority,
        ...(payload && { payload: `${output}.payload` }),
      }),
    );
  }
  terminal.out(
    `${output}: ${bytes.length} bytes, ${envelope} of them around the app, number ${manifest.number} of epoch ` +
      `${manifest.epoch}`,
  );
  terminal.out(grantText(manifest.grant));
  if (payload) terminal.out(`${output}.payload: ${image} bytes, fetched by their digest`);
}
