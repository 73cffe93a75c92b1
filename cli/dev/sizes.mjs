// Fails if a module or its manifest has outgrown its limit. Part of `npm run check`.
import { build, measure, programs } from './lib/sizes.mjs';

for (const { name, source, limits } of programs) {
  const size = measure(await build(source));
  for (const part of Object.keys(limits)) {
    const fits = size[part] <= limits[part];
    console.log(
      `${name.padEnd(8)} ${part.padEnd(8)} ${String(size[part]).padStart(4)} bytes, at most ` +
        `${limits[part]}${fits ? '' : '  TOO LARGE'}`,
    );
    if (!fits) process.exitCode = 1;
  }
}
