/** Which C file may include which header. The portable core knows no operating system, no engine and no port. */
import { posix } from 'node:path';
import { isGenerated, type Problem, type Sources } from './source.js';

interface Layer {
  readonly folder: string;
  /** Folders whose headers it may include, beside its own. */
  readonly from: readonly string[];
  /** Third-party headers. */
  readonly others?: RegExp;
  /** True: operating system headers are its business. */
  readonly system?: boolean;
  /** True: each folder in it is a room of its own, whose headers only it and the rooms inside it may include. */
  readonly rooms?: boolean;
  /** Headers that every room has for those who include from this layer. */
  readonly offers?: readonly string[];
}

/** Most specific first. */
export const layers: readonly Layer[] = [
  { folder: 'firmware/include', from: ['hal/include', 'firmware/gen'] },
  { folder: 'hal/include', from: ['firmware/gen'] },
  { folder: 'firmware/wire', from: ['firmware/include', 'firmware/gen'] },
  { folder: 'firmware/core', from: ['firmware/include', 'hal/include', 'firmware/gen'] },
  // The binary format of WebAssembly, for every engine that takes it.
  { folder: 'firmware/engines/wasm', from: ['firmware/include', 'firmware/gen'] },
  {
    folder: 'firmware/engines',
    rooms: true,
    from: ['firmware/engines/wasm', 'firmware/include', 'firmware/gen'],
    others: /^((wasm|platform|bh|aot)_\w+|mem_alloc)\.h$/,
  },
  {
    folder: 'ota/device',
    from: ['firmware/include', 'hal/include', 'firmware/gen'],
    others: /^(monocypher(-ed25519)?\.[ch])$/,
  },
  {
    folder: 'firmware/net',
    from: ['hal/include', 'firmware/include', 'firmware/gen'],
    others: /^(core_mqtt_\w+\.h|mbedtls\/\w+\.h)$/,
  },
  { folder: 'firmware/agent', from: ['ota/device', 'firmware/net', 'firmware/include', 'hal/include', 'firmware/gen'] },
  { folder: 'firmware/sim', from: ['hal/include', 'firmware/include', 'firmware/gen'] },
  // What FreeRTOS needs knows nothing of a chip but chip.h, which each implements, and its constants.
  {
    folder: 'firmware/ports/freertos/chips',
    from: ['firmware/ports/freertos/cortex_m', 'hal/include', 'firmware/include', 'firmware/gen', 'firmware/sim'],
    system: true,
    rooms: true,
    offers: ['chip_config.h'],
  },
  { folder: 'firmware/ports/freertos/cortex_m', from: ['firmware/ports', 'hal/include'] },
  {
    folder: 'firmware/ports',
    from: [
      'firmware/ports/freertos/chips',
      'hal/include',
      'firmware/include',
      'firmware/gen',
      'firmware/agent',
      'firmware/sim',
    ],
    system: true,
    rooms: true,
  },
];

/**
 * Headers of C11 that need no operating system, and the address sanitizer's, which is there only in sanitized builds.
 */
const ISO = new Set(
  (
    'sanitizer/asan_interface assert ctype float inttypes limits math setjmp stdalign stdarg stdbool stddef stdint ' +
    'stdio stdlib string'
  )
    .split(' ')
    .map((name) => `${name}.h`),
);
/** Written by CMake: it includes the generated header of the board that is built. */
const BOARD_HEADER = 'board.h';
const INCLUDE = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/;

/** Includes that cross a border. */
export function includeRules(sources: Sources): Problem[] {
  const headers = [...sources.keys()].filter((path) => path.endsWith('.h'));
  const problems: Problem[] = [];
  for (const [path, text] of sources) {
    const layer = layerOf(path);
    if (!layer || isGenerated(path) || !/\.[ch]$/.test(path)) continue;
    text.split('\n').forEach((source, index) => {
      const match = INCLUDE.exec(source);
      const wrong = match && refuse(layer, path, match[1] === '<', match[2] ?? '', headers);
      if (wrong) problems.push({ path, line: index + 1, text: wrong });
    });
  }
  return problems;
}

/** The layer that a file belongs to. */
const layerOf = (path: string): Layer | undefined => layers.find(({ folder }) => path.startsWith(`${folder}/`));

/** The room that a file belongs to. */
function roomOf(path: string): string {
  const layer = layerOf(path);
  if (!layer) return posix.dirname(path);
  const [first, ...deeper] = path.slice(layer.folder.length + 1).split('/');
  return layer.rooms && first && deeper.length > 0 ? `${layer.folder}/${first}` : layer.folder;
}

/** True if a file of this layer may include a header. */
function mayInclude(layer: Layer, path: string, header: string): boolean {
  const home = layerOf(header);
  if (home?.rooms) {
    const inside = `${roomOf(path)}/`.startsWith(`${roomOf(header)}/`);
    return inside || (layer.from.includes(home.folder) && !!home.offers?.includes(posix.basename(header)));
  }
  const from = [layer.folder, ...layer.from];
  return home ? from.includes(home.folder) : from.some((folder) => header.startsWith(`${folder}/`));
}

/** Why a file of this layer must not include a header; undefined if it may. */
function refuse(
  layer: Layer,
  path: string,
  system: boolean,
  name: string,
  headers: readonly string[],
): string | undefined {
  if (name === BOARD_HEADER || [name, posix.basename(name)].some((written) => layer.others?.test(written)))
    return undefined;
  if (system) return layer.system || ISO.has(name) ? undefined : `${layer.folder} must not include <${name}>`;
  const own = posix.join(posix.dirname(path), name);
  const found = headers.includes(own) ? [own] : headers.filter((header) => header.endsWith(`/${name}`));
  if (found.some((header) => mayInclude(layer, path, header))) return undefined;
  return found.length > 0 ? `${layer.folder} must not include ${found[0]}` : `"${name}" is no header of the project`;
}
