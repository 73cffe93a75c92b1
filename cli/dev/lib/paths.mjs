// Where things are in a clone. Every developer script starts from the root of the project, whatever the working
// directory.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Path below the root of the project. */
export const at = (...parts) => join(root, ...parts);
