#!/usr/bin/env node
// The launcher. The program itself is the bundle in dist/, which set-up builds; this file only finds it.
import { existsSync } from 'node:fs';

const bundle = new URL('../../dist/main.js', import.meta.url);
if (existsSync(bundle)) {
  const { main } = await import(bundle.href);
  await main(process.argv.slice(2));
} else {
  console.error('tars: this clone is not built yet\n  cure: run `npm run setup` in its folder, then try again');
  process.exitCode = 3;
}
