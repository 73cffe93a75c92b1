/** Shows the compiler's findings: each with its place in the source, what is wrong, why, and the fix. */
import type { Diagnostic } from '../../sdk/compiler/index.js';
import type { Colors } from '../terminal/terminal.js';
import { renderJson, renderText, type JsonDiagnostic, type Paint, type Role } from '../../sdk/compiler/render.js';

/** What the compiler found, and the text of each file that was compiled, by its name. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

const colors: Readonly<Record<Role, (color: Colors, text: string) => string>> = {
  error: (color, text) => color.bold(color.red(text)),
  code: (color, text) => color.bold(text),
  place: (color, text) => color.cyan(text),
  source: (_, text) => text,
  mark: (color, text) => color.red(text),
  note: (color, text) => color.blue(text),
  fix: (color, text) => color.green(text),
};

/** Diagnostics of each file with its text, in the order of the files. */
function byFile({ diagnostics, sources }: Findings): { found: Findings['diagnostics']; source: string }[] {
  return [...sources]
    .map(([file, source]) => ({ found: diagnostics.filter((each) => each.file === file), source }))
    .filter(({ found }) => found.length > 0);
}

/** All findings, for people. */
export function sourceErrorText(error: Findings, color: Colors): string {
  const paint: Paint = (role, text) => colors[role](color, text);
  return byFile(error)
    .map(({ found, source }) => renderText(found, source, paint))
    .join('\n')
    .trimEnd();
}

/** All findings, for programs. */
export const sourceErrorJson = (error: Findings): JsonDiagnostic[] =>
  byFile(error).flatMap(({ found, source }) => renderJson(found, source));
