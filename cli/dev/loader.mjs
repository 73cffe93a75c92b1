// What checking and loading a module costs on a Cortex-M7, in instructions for each of its bytes: ordinary code, and
// whatever costs most of all that the limits of the contract allow (sdk/model/testing/heavy.ts). Fails if the costs
// grow faster than the size, or further from those of ordinary code.
//   loader.mjs [KIB…]   sizes in KiB, 8 16 32 64 by default
import { mkdirSync, writeFileSync } from 'node:fs';
import { prepare, trace } from './lib/counts.mjs';
import { buildFirmware, lacksM7 } from './lib/firmware.mjs';
import { at } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { loadTypeScript } from './lib/typescript.mjs';

const FOLDER = 'build/measure/loader';
const BOARD = 'build/firmware-qemu-m7/ports/freertos/tars-board.elf';
const IMAGE = 'build/firmware-qemu-m7/ports/freertos/loader/loader.elf';
/** Memory of the machine that no board uses; firmware/measure/loader/main.c looks there. */
const PLACE = '0x60000000';
/** Marks of a module, and what lies between them. */
const STEPS = ['manifest', 'check', 'load', 'instantiate'];
const MARKS = STEPS.length + 1;
/** A byte of the largest module costs at most so many times what one of the smallest does. */
const GROWTH = 1.25;
/** A byte of the worst module costs at most so many times what one of ordinary code does. */
const WORST = 8;
/** Milliseconds between two reactions of a behaviour with a period of 10.3 ms: it may be late by two. */
const BETWEEN_MS = 13;

const word = (value) => Uint8Array.of(value, value >> 8, value >> 16, value >> 24);
const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

/** Instructions of each step for each module, as the board's image takes them. */
async function measure(list) {
  const blob = at(FOLDER, 'modules.bin');
  writeFileSync(blob, Buffer.concat([word(list.length), ...list.flatMap((each) => [word(each.length), padded(each)])]));
  const machine = ['-M', 'mps2-an500', '-display', 'none', '-monitor', 'none', '-serial', 'null'];
  const events = await trace('loader', at(IMAGE), { entries: ['loader_mark'], returns: [] }, (more) =>
    run('timeout', [
      '600',
      'qemu-system-arm',
      ...machine,
      '-semihosting-config',
      'enable=on,target=native',
      '-kernel',
      at(IMAGE),
      '-device',
      `loader,file=${blob},addr=${PLACE},force-raw=on`,
      ...more,
    ]),
  );
  if (events.length !== MARKS * list.length) throw new Error(`${events.length} marks of ${list.length} modules`);
  return list.map((_, i) =>
    STEPS.map((_, step) => events[i * MARKS + step + 1].count - events[i * MARKS + step].count),
  );
}

/** Longest time between two reactions of blink, in ticks, while a module is received, checked and loaded. */
async function staging(runner) {
  const places = { entries: ['tars_engine_call', 'xTaskIncrementTick'], returns: [] };
  const events = await trace('loads', at(BOARD), places, (more) => runner.runProgram('loads', more));
  let [ticks, longest, last] = [0, 0, undefined];
  for (const { name } of events) {
    if (name === 'xTaskIncrementTick') ticks++;
    if (name !== 'tars_engine_call') continue;
    longest = Math.max(longest, ticks - (last ?? ticks));
    last = ticks;
  }
  return longest;
}

const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

/** Prints the table; returns what is wrong with it. */
export async function loading(sizes = [8, 16, 32, 64]) {
  console.log(
    '\nInstructions of a Cortex-M7 for each byte of a module until it can run, at the limits of the contract',
  );
  const lacking = lacksM7();
  if (lacking) {
    console.log(`  skipped: ${lacking}`);
    return [];
  }
  await buildFirmware('firmware-qemu-m7', 'loader');
  await buildFirmware('firmware-qemu-m7', 'tars-board');
  const runner = await prepare();
  mkdirSync(at(FOLDER), { recursive: true });
  const { heavy, heavyModule } = await loadTypeScript('sdk/model/testing/heavy.ts', 'heavy');
  const kinds = Object.keys(heavy);
  const all = kinds.flatMap((kind) => sizes.map((size) => heavyModule(kind, size * 1024)));
  const steps = await measure(all);
  const per = steps.map((each, i) => sum(each) / all[i].length);
  const row = (kind) => per.slice(kinds.indexOf(kind) * sizes.length, (kinds.indexOf(kind) + 1) * sizes.length);
  const ordinary = row(kinds[0]);
  const wrong = [];
  console.log(`  ${'KiB'.padEnd(50)}${sizes.map((size) => `${size}`.padStart(7)).join('')}  growth  to ordinary`);
  for (const kind of kinds) {
    const costs = row(kind);
    const growth = costs.at(-1) / costs[0];
    const ratio = Math.max(...costs.map((cost, i) => cost / ordinary[i]));
    const figures = costs.map((cost) => cost.toFixed(0).padStart(7)).join('');
    console.log(`  ${kind.padEnd(50)}${figures}${growth.toFixed(2).padStart(8)}${ratio.toFixed(1).padStart(13)}`);
    // What is capped is a small part of a large module, and the rest is ordinary code.
    if (costs.at(-1) > GROWTH * Math.max(costs[0], ordinary[0]))
      wrong.push(`${kind}: ${growth.toFixed(2)} times as much for a byte when there are more of them`);
    if (ratio > WORST) wrong.push(`${kind}: ${ratio.toFixed(1)} times as much as ordinary code`);
  }
  const worst = steps.map(sum).indexOf(Math.max(...steps.map(sum)));
  const parts = STEPS.map((name, i) => `${name} ${steps[worst][i]}`).join(', ');
  console.log(`  the most: ${sum(steps[worst])} instructions for ${all[worst].length} bytes (${parts})`);
  const between = await staging(runner);
  console.log(`  reactions of a neighbour that runs every 10.3 ms are ${between} ms from each other at most`);
  if (between > BETWEEN_MS) wrong.push(`a neighbour stood still for ${between} ms while a module was loaded`);
  return wrong;
}

if (process.argv[1] === at('cli/dev/loader.mjs')) {
  const sizes = process.argv.slice(2).map(Number);
  const wrong = await loading(sizes.length > 0 ? sizes : undefined);
  for (const each of wrong) console.error(each);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
