/** `tars flash`: puts an app onto a board, where it survives power loss. */
import { statSync } from 'node:fs';
import { checkFits } from '../app/fits.js';
import { appFor } from '../app/image.js';
import { defineCommand, jsonOption, portOption } from '../command.js';
import { UserError } from '../errors.js';
import { install } from '../install.js';
import { withSession } from '../session.js';
import type { Terminal } from '../terminal.js';

export const command = defineCommand({
  positionals: { path: { type: 'string', default: '.', describe: '.tars file, folder, .wasm module or .app image' } },
  options: { board: { type: 'string', alias: 'b', describe: 'build for this board (default: tars.toml, else what is connected)' }, ...portOption, ...jsonOption },
  examples: [
    ['tars flash examples/blink', 'compile it for the only board and put it there'],
    ['tars flash room.app --port /dev/ttyACM0', 'put an app image onto the board on a serial port'],
  ],
  async run({ path, board, port }, terminal) {
    // Found out before a port is opened: the usual mistake is a typing error in the path.
    if (!statSync(path, { throwIfNoEntry: false })) throw new UserError('missing_file', `there is no file or folder ${path}`, { cure: 'check the path' });
    await withSession(port, async (session) => {
      const app = await appFor(path, session.hello.class, board);
      checkFits(app, session.hello);
      const start = performance.now();
      const done = await install(session, app, { store: true, onProgress: ({ sent, total }) => terminal.progress(bar(sent, total)) });
      terminal.progress('');
      const ms = Math.round(performance.now() - start);
      const { device } = session.hello;
      if (terminal.json) return terminal.out(JSON.stringify({ device, port: session.link.name, same: done.same, sent: done.sent.length, bytes: done.bytes, gapUs: done.gapUs, ms }));
      if (done.same) return terminal.out(`${device}: nothing to do, this app runs already`);
      report(terminal, { device, ms, modules: app.modules.length, ...done });
    });
  },
});

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
