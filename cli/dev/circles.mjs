// Prints the import circles of the project, those that tidy allows too. `npm run check` fails on the others.
import { root } from './lib/paths.mjs';
import { loadTypeScript } from './lib/typescript.mjs';

const { allCircles } = await loadTypeScript('cli/dev/tidy/circles.ts', 'circles');
const { readSources } = await loadTypeScript('cli/dev/tidy/source.ts', 'tidy-source');

const circles = allCircles(readSources(root));
for (const { files, way, allowed } of circles)
  console.log(`${allowed ? 'allowed  ' : 'FORBIDDEN'} ${files.length} files: ${way.join(' → ')}`);
console.log(`${circles.length} circles, ${circles.filter(({ allowed }) => !allowed).length} forbidden`);
