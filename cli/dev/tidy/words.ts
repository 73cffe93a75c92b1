/**
 * What is written in the files: paths in Markdown exist, nothing ties the project to one machine or registry, and what
 * steers a terminal stands in one place.
 */
import { posix } from 'node:path';
import { lineAt, type Problem, type Sources } from './source.js';

const FOLDERS = 'firmware|boards|hal|sdk|ota|cli|examples|hil-tests|docs|\\.ci';
/** A path of the project in backticks or in a link. */
const NAMED = new RegExp(`(?:\`|\\]\\()((?:${FOLDERS})/[^\`)\\s#]*|[A-Z]{4,}\\.md)`, 'g');

/**
 * Paths in Markdown that don't exist; a dated decision names those of its day. `*` and `<name>` stand for anything:
 * then the folder before them must exist.
 */
export function markdownPaths(sources: Sources): Problem[] {
  const folders = new Set([...sources.keys()].flatMap(parents));
  const exists = (path: string): boolean => sources.has(path) || folders.has(path);
  const problems: Problem[] = [];
  for (const [path, text] of sources) {
    if (!path.endsWith('.md') || path.startsWith('docs/decisions/')) continue;
    for (const match of text.matchAll(NAMED)) {
      const named = (match[1] ?? '')
        .replace(/[.,:;]+$/, '')
        .replace(/:\d+$/, '')
        .replace(/\/$/, '');
      const fixed = /[*<{]/.test(named) ? posix.dirname(named.slice(0, named.search(/[*<{]/)) + 'x') : named;
      if (!exists(fixed) && !exists(posix.join(posix.dirname(path), fixed))) {
        problems.push({ path, line: lineAt(text, match.index), text: `names ${named}, which does not exist` });
      }
    }
  }
  return problems;
}

function parents(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === '.' ? [] : [parent, ...parents(parent)];
}

/** Registry addresses and paths of the machine that a file was written on. `Cargo.lock` names its index by design. */
export function placeNames(sources: Sources, root: string): Problem[] {
  const problems: Problem[] = [];
  const wrong: readonly (readonly [RegExp, string])[] = [
    [
      /^\s*"resolved": "https?:/,
      'an address of a package registry: write the lock file with omit-lockfile-registry-resolved',
    ],
    [/\bregistry\s*=\s*["']?https?:|\/\/registry\./, 'an address of a package registry'],
    [new RegExp(`${root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(/|\\b)`), 'a path of this machine'],
  ];
  for (const [path, text] of sources) {
    if (path.endsWith('Cargo.lock')) continue;
    text.split('\n').forEach((line, index) => {
      for (const [pattern, what] of wrong) if (pattern.test(line)) problems.push({ path, line: index + 1, text: what });
    });
  }
  return problems;
}

/**
 * Codes that steer a terminal. `cli/terminal` writes them; in a line that a command prints they would be shown as text,
 * because every line is cleaned there.
 */
export function terminalCodes(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const [path, text] of sources) {
    if (!/^cli\/.*\.ts$/.test(path) || /\.test\.ts$|^cli\/(terminal|testing|dev)\//.test(path)) continue;
    for (const match of text.matchAll(/\\(x1b|u001b|u\{1b\}|033)/gi))
      problems.push({ path, line: lineAt(text, match.index), text: 'steers the terminal: that is for cli/terminal' });
  }
  return problems;
}
