/** A file is one noun in at most 400 lines; a function fits on a screen, 70 lines; a line has at most 120 columns. */
import ts from 'typescript';
import { isGenerated, type Problem, type Sources } from './source.js';

export const FILE_LINES = 400;
export const FUNCTION_LINES = 70;
export const COLUMNS = 120;

/** Lines of a file, and its functions. */
export interface FileLength {
  readonly path: string;
  readonly lines: number;
  readonly functions: readonly FunctionLength[];
}

/** Lengths of all files that a person writes. */
export function allLengths(sources: Sources): FileLength[] {
  return [...sources]
    .filter(([path]) => !isGenerated(path) && /\.(ts|mjs|js|c|h|tars)$/.test(path))
    .map(([path, text]) => ({ path, lines: text.split('\n').length - 1, functions: functionsOf(path, text) }));
}

/** Files and functions that are too long. */
export function lengths(sources: Sources): Problem[] {
  return allLengths(sources).flatMap(({ path, lines, functions }) => [
    ...(lines > FILE_LINES
      ? [{ path, line: FILE_LINES, text: `the file has ${lines} lines, at most ${FILE_LINES}` }]
      : []),
    ...functions
      .filter(({ length }) => length > FUNCTION_LINES)
      .map(({ name, line, length }) => ({
        path,
        line,
        text: `${name} has ${length} lines, at most ${FUNCTION_LINES}`,
      })),
  ]);
}

function functionsOf(path: string, text: string): FunctionLength[] {
  if (/\.[ch]$/.test(path)) return functionsOfC(text);
  return /\.(ts|mjs|js)$/.test(path) ? functionsOfTypeScript(path, text) : [];
}

interface FunctionLength {
  readonly name: string;
  readonly line: number;
  readonly length: number;
}

/**
 * Functions of a TypeScript or JavaScript file; callbacks of `describe` and of HIL `suite`s are lists of tests, not
 * functions.
 */
export function functionsOfTypeScript(path: string, text: string): FunctionLength[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: FunctionLength[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && !isSuite(node)) {
      const start = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const end = file.getLineAndCharacterOfPosition(node.end).line;
      const name = node.name && ts.isIdentifier(node.name) ? node.name.text : 'a function';
      found.push({ name, line: start + 1, length: end - start + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isSuite(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^(describe|suite)\b/.test(node.parent.expression.getText());
}

/** Functions of a C file: the house style has their opening line and their closing brace in the first column. */
export function functionsOfC(text: string): FunctionLength[] {
  const found: FunctionLength[] = [];
  const lines = text.split('\n');
  let start = -1;
  lines.forEach((line, index) => {
    if (/^[A-Za-z_].*[,(]$|^[A-Za-z_].*\) ?\{$/.test(line) && start < 0) start = index;
    else if (/^(\S.*;|})/.test(line)) {
      if (start >= 0 && line.startsWith('}'))
        found.push({ name: nameOfC(lines[start] ?? ''), line: start + 1, length: index - start + 1 });
      start = -1;
    }
  });
  return found;
}

const nameOfC = (line: string): string => /(\w+)\s*\(/.exec(line)?.[1] ?? 'a function';

/**
 * Lines that are too wide. Exempt are lines whose ends matter, which are those inside of a template literal of several
 * lines, and lines that have no space to break at, like digits of a key.
 */
export function widths(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const [path, text] of sources) {
    if (isGenerated(path) || !/\.(ts|mjs|js|c|h|cmake)$|CMakeLists\.txt$/.test(path)) continue;
    const lines = text.split('\n');
    const wide = lines.flatMap((line, index) => (line.length > COLUMNS && /\S\s+\S{3}/.test(line) ? [index] : []));
    if (wide.length === 0) continue;
    const verbatim = /\.(ts|mjs|js)$/.test(path) ? verbatimLines(path, text) : new Set<number>();
    for (const index of wide.filter((each) => !verbatim.has(each))) {
      const columns = lines[index]?.length ?? 0;
      problems.push({ path, line: index + 1, text: `the line has ${columns} columns, at most ${COLUMNS}` });
    }
  }
  return problems;
}

/** Lines, counted from 0, that belong to a template literal of several lines. */
function verbatimLines(path: string, text: string): ReadonlySet<number> {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateLiteral(node)) {
      const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const last = file.getLineAndCharacterOfPosition(node.end).line;
      if (last > first) for (let line = first; line <= last; line++) found.add(line);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
