/**
 * Passphrases: from TARS_PASSPHRASE, or typed without being shown. Never on a command line, where others could see
 * them.
 */
import { printable } from '../../sdk/compiler/printable.js';
import { atEnd } from '../ends.js';
import { UserError } from '../errors.js';
import { interruptedError } from '../interrupt.js';

const ENTER = ['\r', '\n', '\u0004'];
const INTERRUPT = '\u0003';
const BACKSPACE = ['\u007f', '\b'];

/** Errors that another try may cure. */
const AGAIN = ['wrong_passphrase', 'no_passphrase'];
/** So often somebody who types may be wrong. */
const TRIES = 3;

const fromEnvironment = (): string | undefined => process.env['TARS_PASSPHRASE'];

/** Asks the environment, else the person. */
async function ask(what: string): Promise<string> {
  const given = fromEnvironment();
  if (given !== undefined) return given;
  if (!process.stdin.isTTY)
    throw new UserError('no_passphrase', `the ${what} is needed, and there is no terminal to ask on`, {
      cure: 'set TARS_PASSPHRASE, or run it in a terminal',
    });
  return typed(what);
}

/**
 * Asks until `take` is content; it throws one of these errors while it isn't. The environment has one answer; somebody
 * who types has three.
 */
export async function tryPassphrases<T>(what: string, take: (text: string) => T | Promise<T>): Promise<T> {
  let asked = what;
  for (let left = fromEnvironment() === undefined ? TRIES : 1; ;) {
    const passphrase = await ask(asked);
    try {
      return await take(passphrase);
    } catch (error) {
      if (--left === 0 || !(error instanceof UserError) || !AGAIN.includes(error.code)) throw error;
      asked = `${error.message}; ${what} (${left === 1 ? 'last try' : `${left} tries left`})`;
    }
  }
}

/** Asks for a new passphrase, twice where it is typed. */
export const newPassphrase = (what: string): Promise<string> =>
  tryPassphrases(what, async (passphrase) => {
    if (passphrase === '')
      throw new UserError('no_passphrase', 'a key needs a passphrase', { cure: 'choose one that is hard to guess' });
    if (fromEnvironment() === undefined && (await ask(`${what} again`)) !== passphrase)
      throw new UserError('wrong_passphrase', 'the two passphrases differ', { cure: 'try again' });
    return passphrase;
  });

/** What was typed or pasted behind the end of a line, for the next question. */
let ahead = '';

function typed(what: string): Promise<string> {
  const { stdin, stderr } = process;
  // Raw before the prompt: nothing typed after it may be echoed.
  stdin.setRawMode(true).resume().setEncoding('utf8');
  stderr.write(`${printable(what)}: `);
  return new Promise((resolve, reject) => {
    let text = '';
    // The next program in this terminal wants to see what is typed, however this one ends.
    const restore = atEnd(() => stdin.setRawMode(false));
    const finish = (end: () => void): void => {
      stdin.off('data', take).pause();
      restore();
      stderr.write('\n');
      end();
    };
    const take = (chunk: string): void => {
      ahead = '';
      const characters = [...chunk];
      for (const [index, character] of characters.entries()) {
        if (ENTER.includes(character)) {
          ahead = characters.slice(index + 1).join('');
          return finish(() => resolve(text));
        }
        if (character === INTERRUPT)
          return finish(() =>
            reject(interruptedError({ done: 'nothing was signed and no key was made', cure: 'run it again' })),
          );
        text = BACKSPACE.includes(character) ? text.slice(0, -1) : text + character;
      }
    };
    stdin.on('data', take);
    if (ahead !== '') take(ahead);
  });
}
