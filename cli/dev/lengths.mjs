// Prints how long files and functions are, in lines: the median, the 90th percentile and the longest. `npm run check`
// fails on those that are too long.
import { root } from './lib/paths.mjs';
import { loadTypeScript } from './lib/typescript.mjs';

const { allLengths } = await loadTypeScript('cli/dev/tidy/lengths.ts', 'lengths');
const { readSources } = await loadTypeScript('cli/dev/tidy/source.ts', 'tidy-source');

function print(what, lines) {
  const sorted = lines.sort((a, b) => a - b);
  const at = (share) => sorted[Math.floor((sorted.length - 1) * share)];
  console.log(
    `${what.padEnd(24)} ${`${sorted.length}`.padStart(5)}: median ${at(0.5)}, p90 ${at(0.9)}, longest ${at(1)}`,
  );
}

const files = allLengths(readSources(root));
for (const [language, ending] of [
  ['C', /\.[ch]$/],
  ['TypeScript', /\.(ts|mjs|js)$/],
]) {
  const those = files.filter(({ path }) => ending.test(path));
  print(
    `${language}, functions`,
    those.flatMap(({ functions }) => functions.map(({ length }) => length)),
  );
  print(
    `${language}, files`,
    those.map(({ lines }) => lines),
  );
}
