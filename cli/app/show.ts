/** Shows the compiler's findings: each with its place in the source, what is wrong, why, and the fix. */
import type pc from 'picocolors';
import type { SourceError } from './build.js';

/** All findings of a SourceError, for people. */
export function renderSourceError(error: SourceError, color: typeof pc): string {
  return error.diagnostics.map((diagnostic) => color.red(diagnostic.title)).join('\n');
}
