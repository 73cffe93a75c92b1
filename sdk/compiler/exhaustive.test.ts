import { ESLint, Linter } from 'eslint';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';

/** Unions that the compiler's stages walk over, each with a kind added that nothing handles. */
const unions = [
  { file: 'check/program.ts', name: 'Statement', novel: "{ readonly kind: 'novel'; readonly span: Span }" },
  {
    file: 'check/program.ts',
    name: 'Expression',
    novel: "{ readonly kind: 'novel'; readonly type: Type; readonly span: Span }",
  },
  { file: 'parse/ast.ts', name: 'Statement', novel: "{ readonly kind: 'novel'; readonly span: Span }" },
  { file: 'parse/ast.ts', name: 'Expression', novel: "{ readonly kind: 'novel'; readonly span: Span }" },
  { file: 'lower/ir.ts', name: 'Stmt', novel: "{ readonly op: 'novel' }" },
  { file: 'lower/ir.ts', name: 'Expr', novel: "{ readonly op: 'novel' }" },
] as const;

const RULE = '@typescript-eslint/switch-exhaustiveness-check';
const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Code that decides by the kind of a node whose kind can be any. */
interface Walk {
  /** `table`: an object with a property for each kind; `test`: one comparison. */
  readonly form: 'switch' | 'table' | 'test';
  /** A row of `unions`. */
  readonly union: string;
  readonly file: string;
  /** Lines of the value that is switched over, of the table or of the comparison. */
  readonly first: number;
  readonly last: number;
}

/** A kind that each union has and no other. */
const marks: Readonly<Record<string, string>> = {
  'check/program.ts Statement': 'effect',
  'check/program.ts Expression': 'field',
  'parse/ast.ts Statement': 'expression',
  'parse/ast.ts Expression': 'record',
  'lower/ir.ts Stmt': 'suspend',
  'lower/ir.ts Expr': 'tee',
};

/** The compiler and the interpreter as one program of TypeScript, with the novel kinds. */
function extendedProgram(): ts.Program {
  const config = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [], files: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (path) => {
    let text = read(path);
    for (const { file, name, novel } of unions) {
      const head = `export type ${name} =\n`;
      if (text === undefined || path !== here + file) continue;
      expect(text).toContain(head);
      text = text.replace(head, `${head}  | ${novel}\n`);
    }
    return text;
  };
  return ts.createProgram([`${here}index.ts`, `${root}sdk/interpreter/index.ts`], options, host);
}

/** The union that has all these kinds and the novel one. */
function unionOf(type: ts.Type): string | undefined {
  const kinds = new Set(type.isUnion() ? type.types.map((each) => (each.isStringLiteral() ? each.value : '')) : []);
  return kinds.has('novel') ? Object.keys(marks).find((union) => kinds.has(marks[union] ?? '')) : undefined;
}

const lineOf = (source: ts.SourceFile, at: number): number => source.getLineAndCharacterOfPosition(at).line + 1;
const nameOf = ({ fileName }: ts.SourceFile): string => fileName.slice(root.length);

/** All walks in one file. */
function walksOf(program: ts.Program, source: ts.SourceFile): Walk[] {
  const checker = program.getTypeChecker();
  const walks: Walk[] = [];
  const note = (form: Walk['form'], by: ts.Node, place: ts.Node | undefined): void => {
    const union = unionOf(checker.getTypeAtLocation(by));
    if (union === undefined || !place) return;
    const file = place.getSourceFile();
    const first = lineOf(file, place.getStart(file));
    walks.push({ form, union, file: nameOf(file), first, last: lineOf(file, place.end) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isSwitchStatement(node)) note('switch', node.expression, node.expression);
    if (ts.isElementAccessExpression(node))
      note('table', node.argumentExpression, checker.getSymbolAtLocation(node.expression)?.valueDeclaration);
    if (ts.isBinaryExpression(node) && EQUALITY.includes(node.operatorToken.kind)) note('test', node.left, node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return walks;
}

const EQUALITY: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
];

interface Complaint {
  readonly file: string;
  readonly line: number;
}

/** What the type checker and the repository's own lint rule say. */
async function complaints(program: ts.Program, sources: readonly ts.SourceFile[]): Promise<Complaint[]> {
  const types = sources.flatMap((source) =>
    program
      .getSemanticDiagnostics(source)
      .map(({ start = 0 }) => ({ file: nameOf(source), line: lineOf(source, start) })),
  );
  const { rules } = (await new ESLint({ cwd: root }).calculateConfigForFile(`${here}index.ts`)) as Linter.Config;
  const config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { programs: [program] } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: { [RULE]: rules?.[RULE] },
  } as unknown as Linter.Config;
  const linter = new Linter({ cwd: root });
  const lint = sources.flatMap((source) =>
    linter
      .verify(source.text, config, { filename: source.fileName })
      .map(({ line }) => ({ file: nameOf(source), line })),
  );
  return [...types, ...lint];
}

describe('a kind that nothing handles', () => {
  let walks: Walk[];
  let complained: Complaint[];

  beforeAll(async () => {
    const program = extendedProgram();
    const sources = program
      .getSourceFiles()
      .filter(({ fileName }) => /^sdk\/(compiler|interpreter)\//.test(fileName.slice(root.length)));
    walks = sources.flatMap((source) => walksOf(program, source));
    const files = new Set(walks.filter(({ form }) => form !== 'test').map(({ file }) => file));
    complained = await complaints(
      program,
      sources.filter((source) => files.has(nameOf(source))),
    );
  }, 120_000);

  it.each(unions)('of $name in $file is complained about in every walk', ({ file, name }) => {
    const mine = walks.filter(({ union, form }) => union === `${file} ${name}` && form !== 'test');
    const silent = mine.filter(
      (walk) => !complained.some((at) => at.file === walk.file && at.line >= walk.first && at.line <= walk.last),
    );
    expect(mine).not.toEqual([]);
    expect(silent).toEqual([]);
  });

  it('is met in every stage that knows the statements of the checked program', () => {
    const files = walks.filter(({ union }) => union === 'check/program.ts Statement').map(({ file }) => file);
    expect([...new Set(files)].sort()).toEqual([
      'sdk/compiler/check/children.ts',
      'sdk/compiler/check/flow.ts',
      'sdk/compiler/check/lacking.ts',
      'sdk/compiler/check/statements/index.ts',
      'sdk/compiler/lower/statements/index.ts',
      'sdk/compiler/lower/trail/sequencer.ts',
      'sdk/interpreter/execute.ts',
    ]);
  });

  it('is not hidden by comparisons with single kinds of statement', () =>
    expect(walks.filter(({ union, form }) => union === 'check/program.ts Statement' && form === 'test')).toEqual([]));
});
