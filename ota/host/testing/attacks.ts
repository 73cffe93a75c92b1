/** The table of attacks: each makes bytes for a board, which refuses them with exactly this error. */
import { base, good, input, type Attack } from './attacks/base.js';
import { form } from './attacks/form.js';
import { signers } from './attacks/signers.js';
import { tampered } from './attacks/tampered.js';
import { target } from './attacks/target.js';
import { template } from './attacks/template.js';
import { roots } from './cast.js';

export const attacks: readonly Attack[] = [...signers, ...tampered, ...form, ...template, ...target];
/** What the other tables start from. */
export const attackBase = { input, base, good, root: roots.one } as const;
