// Prints how many tests of `npm test` passed and failed; parts of the check that failed count as one each.
import { counts } from './lib/parts.mjs';

const { passed, failed } = counts(['test', 'check']);
console.log(`${passed} passed, ${failed} failed`);
