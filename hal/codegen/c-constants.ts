/** `tars_errors.h`, `tars_errors.c` and `tars_limits.h`: the numbers that host and board agree on. */
import { ERROR_BASE, errors, GUEST_ERRORS, limits } from '../contract/index.js';
import { banner, header, upper } from './text.js';

/** The text of `tars_errors.h`. */
export function errorsHeader(): string {
  const rows = errors.map((row) => `  TARS_E_${upper(row.name)} = ${row.code}, /* ${row.text} */\n`).join('');
  return header(
    'TARS_ERRORS_H',
    'Errors. Functions return 0 or the negative of one of these.',
    `enum {\n${rows}};\n
/* A host call that can fail gives the guest TARS_ERROR_BASE - code. */
#define TARS_ERROR_BASE (${ERROR_BASE})
/* Such a code is below this. */
#define TARS_GUEST_ERRORS ${GUEST_ERRORS}

/* Name of an error code, positive or negative; "ok" for 0, "?" if there is no such code. */
const char *tars_error_name(int code);
`,
  );
}

/** The text of `tars_errors.c`: the names of the errors. */
export function errorsSource(): string {
  const rows = errors.map((row) => `  "\\x${row.code.toString(16)}" "${row.name}\\0"\n`).join('');
  return `${banner()}#include "tars_errors.h"

#include <stdint.h>
#include <string.h> /* strlen */

/* Names with their codes before them, one after the other: half of what a table of pointers takes. */
static const char names[] =
${rows}  ;

/* Name of an error code. */
const char *tars_error_name(int code) {
  if (code == 0) return "ok";
  for (const char *row = names; *row; row += strlen(row) + 1) {
    if ((uint8_t)*row == (code < 0 ? -code : code)) return row + 1;
  }
  return "?";
}
`;
}

/** Limits as macros, so that they can size arrays. */
export function limitsHeader(): string {
  const rows = Object.entries(limits).map(
    ([name, row]) => `#define TARS_LIMIT_${upper(name)} ${row.value} /* ${row.doc} */\n`,
  );
  return header(
    'TARS_LIMITS_H',
    'Limits of the contract. Sizes in bytes unless the comment says otherwise.',
    rows.join(''),
  );
}
