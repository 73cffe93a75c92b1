/**
 * The demo: from source to pin and back, on virtual boards that run the real firmware. Every figure in its table was
 * read back from a board, a bench or a built file; nothing is printed that did not happen.
 */
import { scratchFolder } from '../ends.js';
import { standardTerminal } from '../terminal/terminal.js';
import type { DemoBoard } from './board.js';
import { perform, type Stage } from './stage.js';
import { build } from './steps/build.js';
import { edit } from './steps/edit.js';
import { emulate } from './steps/emulate.js';
import { fault } from './steps/fault.js';
import { flash } from './steps/flash.js';
import { own } from './steps/own.js';
import { push } from './steps/push.js';
import { revert } from './steps/revert.js';
import { sweep } from './steps/sweep.js';
import { talk } from './steps/talk.js';
import { tamper } from './steps/tamper.js';
import { tune } from './steps/tune.js';

const steps = [build, flash, sweep, tune, edit, fault, talk, emulate, own, push, tamper, revert];

async function demo(): Promise<void> {
  const terminal = standardTerminal(false);
  const { path: folder, remove } = scratchFolder('demo');
  const boards = new Map<string, DemoBoard>();
  const stage: Stage = {
    folder,
    boards,
    fleet: undefined,
    say: (line) => terminal.out(`   ${line}`),
    draw: (text) => void process.stdout.write(text),
    end: () => terminal.out(''),
  };
  try {
    await perform(steps, stage, terminal);
  } finally {
    await stage.fleet?.close();
    await Promise.all([...boards.values()].map((board) => board.close()));
    remove();
  }
}

demo().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
