/**
 * Commands in hints, as a person can type them. Texts name them as `tars …` between backticks; here they get the form
 * in which this program was called, `npx tars …` where only that works, and words that a shell would take apart their
 * quotes.
 */
import { basename, delimiter, dirname, join, relative } from 'node:path';

export interface Call {
  /** The script as Node was told it. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that the person is in. */
  readonly folder: string;
}

const NPX = 'npx tars';

/** What calls this program again. npx says in the environment that it is there, or by the folder of its links. */
export function callOf({ script, env, folder }: Call): string {
  const where = dirname(script);
  if (env['npm_command'] === 'exec' || where.endsWith(join('node_modules', '.bin'))) return NPX;
  const near = relative(folder, script);
  const path = near.startsWith('..') ? script : near;
  if (basename(script) !== 'tars') return `node ${shellWord(path)}`;
  if ((env['PATH'] ?? '').split(delimiter).includes(where)) return 'tars';
  return shellWord(path.includes('/') ? path : `./${path}`);
}

let called = 'tars';

/** Decides once, at the start, what hints say. */
export function rememberCall(call: Call): void {
  called = callOf(call);
}

/** A word as a shell takes it: quoted where it would be taken apart, expanded, or end the command. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

type Word = string | number | readonly string[];

/** A command line, as commandLine`tars run ${path}`: each value is one word, or a list of them. */
export const commandLine = (texts: TemplateStringsArray, ...words: readonly Word[]): string =>
  texts
    .map((text, index) => {
      const word = words[index] ?? '';
      return (
        text +
        (Array.isArray(word) ? word : [word]).map((each) => (each === '' ? '' : shellWord(String(each)))).join(' ')
      );
    })
    .join('')
    .trimEnd()
    .replace(/^tars\b/, called);

/** The same between backticks, for a sentence. */
export const hint = (texts: TemplateStringsArray, ...words: readonly Word[]): string =>
  `\`${commandLine(texts, ...words)}\``;

/** A text that names commands in backticks, with what calls them here. */
export const asCalled = (text: string): string => text.replace(/`tars(?=[ `])/g, `\`${called}`);

/** A whole command line, as examples have it. */
export const lineAsCalled = (line: string): string => line.replace(/^tars\b/, called);
