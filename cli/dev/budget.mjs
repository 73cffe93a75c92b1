// After the link of an image for the Cortex-M7: fails if it has outgrown a budget. Arguments: name of the image, its
// file.
import { budgetsOf, outgrown } from './lib/footprint.mjs';

const [image, file] = process.argv.slice(2);
const problems = outgrown(image, await budgetsOf(image, file));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
