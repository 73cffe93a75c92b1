/** `tars flash`: puts an app onto a board, where it survives power loss. */
import { statSync } from 'node:fs';
import { limits } from '../../hal/contract/index.js';
import { checkFits, checkRoom } from '../compile/fits.js';
import { appFor, roomOf } from '../compile/image.js';
import { defineCommand, jsonOption, portOption } from '../command.js';
import { usageError, UserError } from '../errors.js';
import { type BundleFile, flashOwned, readBundle } from '../device/install-owned.js';
import { install, type Trial } from '../device/install.js';
import { withSession } from '../device/session.js';
import { stopper } from '../interrupt.js';
import type { Terminal } from '../terminal/terminal.js';

/** Default health window on a board without an owner, where somebody waits at the desk. */
const OPEN_HEALTH_S = 1;

export const command = defineCommand({
  positionals: {
    path: { type: 'string', default: '.', describe: '.tars file, folder, .wasm module, .app image or signed .bundle' },
  },
  options: {
    board: {
      type: 'string',
      alias: 'b',
      describe: 'build for this board (default: tars.toml, else what is connected)',
    },
    key: {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'board with an owner: release keys that sign the app',
    },
    root: {
      type: 'string',
      describe: "board with an owner: the owner's root document (default: the copy that `tars provision` kept)",
    },
    number: { type: 'number', describe: 'board with an owner: number of the bundle (default: the next one)' },
    health: {
      type: 'number',
      describe:
        `health window of the trial, seconds (default: ${OPEN_HEALTH_S}, ` +
        `with an owner ${limits.health_ms.value / 1000})`,
    },
    ...portOption,
    ...jsonOption,
  },
  examples: [
    ['tars flash examples/blink', 'compile it for the only board and put it there'],
    ['tars flash room.app --port /dev/ttyACM0', 'put an app image onto the board on a serial port'],
    ['tars flash examples/blink --key alice', 'sign it for a board with an owner'],
    ['tars flash kalman.bundle', 'a bundle that `tars bundle` signed'],
  ],
  async run({ path, board, port, ...owned }, terminal) {
    // Found out before a port is opened: the usual mistake is a typing error in the path.
    if (!statSync(path, { throwIfNoEntry: false }))
      throw new UserError('missing_file', `there is no file or folder ${path}`, { cure: 'check the path' });
    await withSession(port, async (session) => {
      const bundle = readBundle(path);
      const app = bundle?.app ?? (await appFor(path, { boardClass: session.hello.class, board }, terminal));
      checkSigning(session.hello.owned, { bundle, keys: owned.key });
      checkFits(app, session.hello);
      checkRoom(app.modules, roomOf(session.hello.class, session.hello.arena));
      const start = performance.now();
      const healthMs = healthOf(owned.health, session.hello.owned);
      const { check, off } = stopper();
      const cure = 'run it again to flash the app; `tars ps` shows what runs';
      const onHealth: Trial['onHealth'] = ({ ms, of }) => {
        check({ done: 'the trial is over: the app of before comes back', cure });
        terminal.progress(`on trial: ${(ms / 1000).toFixed(1)} of ${of / 1000} s`);
      };
      const onProgress = ({ sent, total }: { sent: number; total: number }): void => {
        check({ done: `${sent} of ${total} bytes were sent, what ran before goes on`, cure });
        terminal.progress(bar(sent, total));
      };
      const done = session.hello.owned
        ? await flashOwned(session, bundle ?? app, {
            keys: owned.key,
            root: owned.root,
            number: owned.number,
            health: healthMs,
            onHealth,
            onProgress,
          })
        : await install(session, app, { store: true, onProgress, trial: { healthMs, onHealth } });
      off();
      terminal.progress('');
      const ms = Math.round(performance.now() - start);
      const { device } = session.hello;
      if (terminal.json)
        return terminal.out(
          JSON.stringify({
            device,
            port: session.link.name,
            same: done.same,
            sent: done.sent.length,
            bytes: done.bytes,
            gapUs: done.gapUs,
            ms,
          }),
        );
      if (done.same) return terminal.out(`${device}: nothing to do, this app runs already`);
      report(terminal, { device, ms, modules: app.modules.length, ...done });
    });
  },
});

/** The health window in milliseconds. An open board waits no longer than limits.health_ms for the confirmation. */
function healthOf(seconds: number | undefined, owned: boolean): number {
  const most = owned ? limits.health_max_ms.value : limits.health_ms.value / 2;
  const ms = Math.round((seconds ?? (owned ? limits.health_ms.value / 1000 : OPEN_HEALTH_S)) * 1000);
  if (ms > 0 && ms <= most) return ms;
  throw usageError(`--health takes seconds, above 0 and at most ${most / 1000} on this board`, 'flash');
}

/** An open board believes no signature, so it is no use to pretend. */
function checkSigning(
  owned: boolean,
  { bundle, keys }: { bundle: BundleFile | undefined; keys: readonly string[] },
): void {
  if (owned) return;
  if (bundle)
    throw new UserError('not_owned', 'the board has no owner yet, so it takes no bundle', {
      cure: 'give it one with `tars provision`, or flash the app itself',
    });
  if (keys.length > 0) throw usageError('--key is for a board with an owner; this one is open', 'flash');
}

const BAR = 30;

function bar(sent: number, total: number): string {
  const full = Math.round((sent / total) * BAR);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${sent} of ${total} bytes`;
}

interface Report {
  readonly device: string;
  readonly modules: number;
  readonly sent: readonly number[];
  readonly bytes: number;
  readonly gapUs: number;
  readonly ms: number;
}

function report(terminal: Terminal, { device, modules, sent, bytes, gapUs, ms }: Report): void {
  const kept = modules - sent.length;
  const known = kept > 0 ? `, ${kept} of ${modules} modules it had already` : '';
  const gap = gapUs > 0 ? `, swapped in ${gapUs} us` : '';
  terminal.out(`${device}: ${bytes} bytes sent in ${ms} ms${known}${gap}; committed`);
}
