/** Asking before something is done that is not easily undone. */
import { createInterface } from 'node:readline/promises';
import { UserError } from '../errors.js';
import type { Terminal } from './terminal.js';

export interface Approval {
  /** What will be done, for the person and for the error. */
  readonly what: string;
  /** In our own words: it is shown as it is. */
  readonly question: string;
  /** What to do where nobody can be asked. */
  readonly cure: string;
  /** `--yes` was given. */
  readonly yes: boolean;
  readonly terminal: Terminal;
}

/** Returns if a person says yes, or has said so with `--yes`. Throws a UserError otherwise. */
export async function approve({ what, question, cure, yes, terminal }: Approval): Promise<void> {
  if (yes) return;
  if (process.stdin.isTTY) {
    terminal.note(what);
    const asked = createInterface({ input: process.stdin, output: process.stderr });
    const left = new Promise<string>((resolve) => asked.once('close', () => resolve('')));
    const answer = await Promise.race([asked.question(`${question} [y/N] `), left]);
    asked.close();
    if (/^y(es)?$/i.test(answer.trim())) return;
  }
  throw new UserError('not_confirmed', `not confirmed: ${what}`, { cure });
}
