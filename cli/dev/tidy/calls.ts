/**
 * Which C file uses functions or data of which other one, read from their texts: what starts a line at its left edge is
 * defined there. Static names belong to their file. Generated tables are left out: who looks a row up depends on no
 * function in it. So are the simulated peripherals and the ports, which the portable rooms call through headers.
 */
import { isGenerated, type Sources } from './source.js';

/** Rooms of C whose files use each other in one direction only. */
export const CALL_ROOMS: readonly string[] = [
  'firmware/core/',
  'firmware/wire/',
  'firmware/agent/',
  'firmware/net/',
  'firmware/engines/',
  'ota/device/',
];

/** C file → files whose functions or data it names. */
export function callGraph(sources: Sources): Map<string, Set<string>> {
  const paths = [...sources.keys()].filter(
    (path) => path.endsWith('.c') && !isGenerated(path) && CALL_ROOMS.some((room) => path.startsWith(room)),
  );
  const texts = paths.map((path) => [path, bare(sources.get(path) ?? '')] as const);
  const homes = new Map(texts.flatMap(([path, text]) => definitions(text).map((name) => [name, path] as const)));
  return new Map(
    texts.map(([path, text]) => {
      const named = [...new Set(text.match(/\b[a-z]\w*/g))].flatMap((name) => homes.get(name) ?? []);
      return [path, new Set(named.filter((home) => home !== path))];
    }),
  );
}

/** The source without comments and string literals. */
const bare = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/"(?:\\.|[^"\n\\])*"/g, '""');

/** Names that the linker sees. */
function definitions(text: string): string[] {
  const line = /^(?!(?:static|typedef|extern|return|else)\b)[A-Za-z_][\w *]*?\b([a-z]\w*)(?=\(|\[|;| = )/gm;
  return [...text.matchAll(line)].flatMap(([, name]) => name ?? []);
}
