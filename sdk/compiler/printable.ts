/**
 * What a terminal must not get from a text that somebody else wrote: control and format characters (escape sequences,
 * line ends, changes of direction, what has no width) and halves of surrogate pairs.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with such characters written as `\uXXXX`, as JSON has them: JSON stays JSON, with the same value. */
export const printable = (text: string): string =>
  text.replace(HIDDEN, (hidden) =>
    Array.from(
      { length: hidden.length },
      (_, index) => `\\u${hidden.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
