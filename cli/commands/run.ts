/** `tars run`: starts a private virtual board, runs an app on it in RAM and shows what it does. */
import { defineCommand, jsonOption } from '../command.js';
import { scratchFolder } from '../ends.js';
import { usageError } from '../errors.js';
import { startAttached } from '../virtual/process.js';
import { runLive } from '../run/live.js';

/** Longest time of a timer of Node; a longer one would fire at once. */
const MAX_S = 2_147_483;

export const command = defineCommand({
  positionals: {
    path: { type: 'string', default: '.', describe: '.tars file, or folder with one or with a tars.toml' },
  },
  options: {
    watch: { type: 'boolean', alias: 'w', default: false, describe: 'compile and swap when a source is saved' },
    for: { type: 'number', describe: 'end after so many seconds' },
    ...jsonOption,
  },
  examples: [
    ['tars run examples/blink', 'see the LED blink'],
    ['tars run examples/topic --watch', 'edit a source, save, and see the new version take over with its state'],
    ['tars run examples/blink --for 3 --json', 'three seconds of events for a program'],
  ],
  async run({ path, watch, for: seconds }, terminal) {
    if (seconds !== undefined && !(seconds > 0 && seconds <= MAX_S))
      throw usageError(`--for takes a number of seconds, above 0 and at most ${MAX_S}`, 'run');
    const state = scratchFolder('run');
    try {
      const board = await startAttached({ state: state.path, name: 'private' });
      try {
        await runLive({ path, watch, board, terminal, ...(seconds !== undefined && { seconds }) });
      } finally {
        await board.stop();
      }
    } finally {
      state.remove();
    }
  },
});
