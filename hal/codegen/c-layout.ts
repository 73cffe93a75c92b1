/** `tars_layout.h`: sizes by which the host computes what a module needs, for the firmware to hold itself to. */
import { commonLayout, type Layout, layouts } from '../contract/index.js';
import { header, upper } from './text.js';

const rows = (sizes: object): string =>
  Object.entries(sizes)
    .map(([name, bytes]) => `#define TARS_LAYOUT_${upper(name.replace(/[A-Z]/g, (letter) => `_${letter}`))} ${bytes}\n`)
    .join('');

export function layoutHeader(): string {
  const of = (pointer: Layout['pointer']): string => rows(layouts[pointer]);
  return header(
    'TARS_LAYOUT_H',
    'Bytes that a board allocates for a module, as the host computes with them; see hal/contract/layout.ts.',
    `#include "board.h" /* TARS_BOARD_POINTER */

${rows(commonLayout)}
#if TARS_BOARD_POINTER == 4
${of(4)}#else
${of(8)}#endif
`,
  );
}
