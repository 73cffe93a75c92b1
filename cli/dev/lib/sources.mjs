// The lists of firmware/sources.cmake, for those who compile the firmware without CMake.
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { at } from './paths.mjs';

const LIST = /^tars_sources\((\w+)\s([^)]*)\)/gm;

/** C files of a library, by the name of its list: paths from the repository's root. */
export function sourcesOf(library) {
  const text = readFileSync(at('firmware/sources.cmake'), 'utf8');
  if (library === 'GEN') return generated().filter((path) => !text.includes(posix.relative('firmware', path)));
  const own = [...text.matchAll(LIST)].find(([, name]) => name === library);
  if (!own) throw new Error(`firmware/sources.cmake has no list ${library}`);
  const [, , paths] = own;
  const added = new RegExp(`^list\\(APPEND TARS_${library}_SOURCES ([^)]*)\\)`, 'm').exec(text)?.[1] ?? '';
  return [
    ...paths
      .trim()
      .split(/\s+/)
      .map((path) => posix.join('firmware', path)),
    ...[...added.matchAll(/TARS_(\w+)_SOURCES/g)].flatMap(([, name]) => sourcesOf(name)),
  ];
}

/** What the generator writes, but for the tables of the boards. */
const generated = () =>
  readdirSync(at('firmware/gen'))
    .filter((name) => /^tars_.*\.c$/.test(name))
    .sort()
    .map((name) => `firmware/gen/${name}`);
