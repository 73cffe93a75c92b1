/**
 * Passphrases: from TARS_PASSPHRASE, or typed without being shown. Never on a command line, where others could see
 * them.
 */
import { printable } from '../../sdk/compiler/printable.js';
import { exitCodes, UserError } from '../errors.js';

/** Gets the passphrase that is asked for. */
export type AskPassphrase = (what: string) => Promise<string>;

const ENTER = ['\r', '\n', '\u0004'];
const INTERRUPT = '\u0003';
const BACKSPACE = ['\u007f', '\b'];

/** Asks the environment, else the person. */
export const askPassphrase: AskPassphrase = (what) => {
  const given = process.env['TARS_PASSPHRASE'];
  if (given !== undefined) return Promise.resolve(given);
  if (!process.stdin.isTTY)
    throw new UserError('no_passphrase', `the ${what} is needed, and there is no terminal to ask on`, {
      cure: 'set TARS_PASSPHRASE, or run it in a terminal',
    });
  return typed(what);
};

/** Asks for a new passphrase, twice where it is typed. */
export async function newPassphrase(what: string): Promise<string> {
  const passphrase = await askPassphrase(what);
  if (passphrase === '')
    throw new UserError('no_passphrase', 'a key needs a passphrase', { cure: 'choose one that is hard to guess' });
  if (process.env['TARS_PASSPHRASE'] === undefined && (await askPassphrase(`${what} again`)) !== passphrase) {
    throw new UserError('wrong_passphrase', 'the two passphrases differ', { cure: 'try again' });
  }
  return passphrase;
}

function typed(what: string): Promise<string> {
  const { stdin, stderr } = process;
  // Raw before the prompt: nothing typed after it may be echoed.
  stdin.setRawMode(true).resume().setEncoding('utf8');
  stderr.write(`${printable(what)}: `);
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (end: () => void): void => {
      stdin.off('data', take).setRawMode(false).pause();
      stderr.write('\n');
      end();
    };
    const take = (chunk: string): void => {
      for (const character of chunk) {
        if (ENTER.includes(character)) return finish(() => resolve(text));
        if (character === INTERRUPT)
          return finish(() =>
            reject(new UserError('interrupted', 'interrupted', { cure: 'run it again', exit: exitCodes.request })),
          );
        text = BACKSPACE.includes(character) ? text.slice(0, -1) : text + character;
      }
    };
    stdin.on('data', take);
  });
}
