/** Rules for the behaviours of one app together, the same that the board checks when it is installed. */
import { errors } from '../../hal/contract/index.js';
import { checkApp } from '../../sdk/model/app.js';
import { loadModule, Refused } from '../../sdk/model/index.js';
import type { BoardFile } from '../../boards/schema.js';
import { UserError } from '../errors.js';

/** Throws a UserError if two behaviours claim one output or bus address, share a name, or disagree about a topic. */
export function checkTogether(behaviours: readonly { readonly module: Uint8Array }[], board: BoardFile): void {
  try {
    checkApp(
      behaviours.map(({ module }) => loadModule(module)),
      board,
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const row = errors.find(({ code }) => code === error.code);
    const detail = error.message.replace(/^refused: \w+:? ?/, '');
    throw new UserError(error.reason, `${row?.text ?? error.message}${detail && `: ${detail}`}`, {
      cure: row?.cure ?? 'see docs/language.md',
    });
  }
}
