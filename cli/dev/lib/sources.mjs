// The lists of firmware/sources.cmake, for those who compile the firmware without CMake.
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { at } from './paths.mjs';

const LIST = /^tars_sources\((\w+) ([\w./]+)\s([^)]*)\)/gm;

/** C files of a library, by the name of its list: paths from the repository's root. */
export function sourcesOf(library) {
  if (library === 'GEN') return filesOf('firmware/gen').filter((path) => posix.basename(path).startsWith('tars_'));
  const text = readFileSync(at('firmware/sources.cmake'), 'utf8');
  const own = [...text.matchAll(LIST)].find(([, name]) => name === library);
  if (!own) throw new Error(`firmware/sources.cmake has no list ${library}`);
  const [, , folder, names] = own;
  const added = new RegExp(`^list\\(APPEND TARS_${library}_SOURCES ([^)]*)\\)`, 'm').exec(text)?.[1] ?? '';
  return [
    ...names
      .trim()
      .split(/\s+/)
      .map((name) => posix.join('firmware', folder, `${name}.c`)),
    ...[...added.matchAll(/TARS_(\w+)_SOURCES/g)].flatMap(([, name]) => sourcesOf(name)),
  ];
}

/** C files of a folder. */
function filesOf(path) {
  return readdirSync(at(path))
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => `${path}/${name}`);
}
