/**
 * Circles: files that import or call each other, directly or by way of others, for types or for values. A circle means
 * that none of its files can be read or changed alone.
 */
import { posix } from 'node:path';
import { callGraph } from './calls.js';
import { allImports } from './imports.js';
import { isGenerated, type Problem, type Sources } from './source.js';

/** File → files that it imports or includes. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Where circles are allowed: a walk over a tree calls itself by way of the parts of the tree. Each row names files and
 * folders of one walk; a circle has to lie inside of one row.
 */
export const WALKS: readonly (readonly string[])[] = [
  // A statement holds blocks, a block statements; the table of words names the parser of each form.
  ['block.ts', 'later.ts', 'top.ts', 'words.ts', 'declarations/', 'statements/'].map(
    (path) => `sdk/compiler/parse/${path}`,
  ),
  ['sdk/compiler/check/expressions/'],
  ['sdk/compiler/check/statements/'],
  // A call of a function lowers the function's statements.
  ['expressions/', 'statements/', 'function.ts'].map((path) => `sdk/compiler/lower/${path}`),
];

/** Circles outside of the folders in which they are allowed. */
export function circleRules(sources: Sources): Problem[] {
  return allCircles(sources)
    .filter(({ allowed }) => !allowed)
    .map(({ way }) => ({
      path: way[0] ?? '',
      line: 1,
      text: `${way[0]?.endsWith('.c') ? 'calls' : 'imports'} itself: ${way.join(' → ')}`,
    }));
}

export interface Circle {
  /** All files of which each reaches each other one. */
  readonly files: readonly string[];
  /** A shortest way round: its first file is its last one too. */
  readonly way: readonly string[];
  readonly allowed: boolean;
}

/** Circles of TypeScript and JavaScript imports, of includes between headers, and of what C files call. */
export function allCircles(sources: Sources): Circle[] {
  return [importGraph(sources), headerGraph(sources), callGraph(sources)].flatMap((graph) =>
    components(graph).map((files) => ({
      files,
      way: shortestWay(graph, files),
      allowed: WALKS.some((walk) => files.every((file) => walk.some((path) => file.startsWith(path)))),
    })),
  );
}

function importGraph(sources: Sources): Graph {
  const graph = new Map<string, Set<string>>();
  for (const { path, target } of allImports(sources)) {
    if (!sources.has(target)) continue;
    const targets = graph.get(path) ?? new Set();
    graph.set(path, targets.add(target));
  }
  return graph;
}

/** Headers are found by their names alone: no two of the project that include each other have the same. */
function headerGraph(sources: Sources): Graph {
  const headers = [...sources.keys()].filter((path) => path.endsWith('.h') && !isGenerated(path));
  const named = new Map(headers.map((path) => [posix.basename(path), path]));
  const includes = (path: string): string[] =>
    [...(sources.get(path) ?? '').matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)].flatMap(
      ([, name]) => named.get(posix.basename(name ?? '')) ?? [],
    );
  return new Map(headers.map((path) => [path, new Set(includes(path))]));
}

/** Strongly connected components of more than one file, or of one that imports itself (Tarjan's algorithm). */
function components(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    stack.push(file);
    let least = own;
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) least = Math.min(least, visit(next));
      else if (stack.includes(next)) least = Math.min(least, low.get(next) ?? index.get(next) ?? own);
    }
    low.set(file, least);
    if (least === own) {
      const part = stack.splice(stack.indexOf(file)).sort();
      if (part.length > 1 || graph.get(file)?.has(file)) found.push(part);
    }
    return least;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** Shortest circle inside of a component, by a breadth-first search from each of its files. */
function shortestWay(graph: Graph, files: readonly string[]): string[] {
  const inside = new Set(files);
  let best: string[] = [];
  for (const start of files) {
    const way = wayBack(graph, inside, start);
    if (best.length === 0 || way.length < best.length) best = way;
  }
  return best;
}

function wayBack(graph: Graph, inside: ReadonlySet<string>, start: string): string[] {
  const from = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) {
        const back = [start, file];
        for (let at = file; at !== start;) back.push((at = from.get(at) ?? start));
        return back.reverse();
      }
      if (inside.has(next) && !from.has(next)) {
        from.set(next, file);
        queue.push(next);
      }
    }
  }
  return [];
}
