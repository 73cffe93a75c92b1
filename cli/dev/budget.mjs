// After the link of an image for the Cortex-M7: fails if it has outgrown a budget. Arguments: name of the image, linker's map.
import { budgetsOf, outgrown } from './lib/footprint.mjs';

const [image, map] = process.argv.slice(2);
const problems = outgrown(image, budgetsOf(image, map));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
