/** What a word that nobody knows was probably meant to be. */
import { nearest } from '../../sdk/compiler/diagnostics.js';

/** `; did you mean x?` to follow a message; empty if no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>, show = (near: string): string => near): string {
  const near = nearest(word, candidates);
  return near === undefined ? '' : `; did you mean ${show(near)}?`;
}

/** The option that an unknown argument is near to. */
export const nearOption = (word: string, options: readonly string[]): string =>
  didYouMean(
    word,
    options.filter((name) => name.length > 1),
    (near) => `--${near}`,
  );
