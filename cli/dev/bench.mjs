// `npm run bench`: the figures that the project is measured by, as ratios in one run on one machine.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boards } from './lib/codegen.mjs';
import { counts } from './lib/counts.mjs';
import { buildFirmware, buildM7, lacksM7 } from './lib/firmware.mjs';
import { budgetsOf, IMAGES } from './lib/footprint.mjs';
import * as m7 from './lib/m7.mjs';
import { at, root } from './lib/paths.mjs';
import { behaviourRam } from './lib/ram.mjs';
import { build, cBytes, floorBytes, measure, programs } from './lib/sizes.mjs';

const ROUNDS = 21;

function print(heading, rows) {
  const widths = heading.map((_, column) => Math.max(...[heading, ...rows].map((row) => row[column].length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  for (const row of [heading, ...rows]) console.log(`  ${row.map(pad).join('  ')}`);
}

const ratio = (a, b) => (b === undefined ? '' : `${(a / b).toFixed(2)}x`);

async function sizes() {
  const rows = [];
  const reasons = new Set();
  for (const { name, source, limits } of programs) {
    const { code, manifest } = measure(await build(source));
    const floor = await floorBytes(name);
    const c = await cBytes(name);
    if (c.reason) reasons.add(c.reason);
    rows.push([
      name,
      `${code}`,
      `${limits.code ?? '-'}`,
      `${floor ?? '-'}`,
      ratio(code, floor),
      `${c.bytes ?? '-'}`,
      ratio(code, c.bytes),
      `${manifest}`,
      `${limits.manifest ?? '-'}`,
    ]);
  }
  console.log('Module bytes without custom sections, and the manifest section with its header');
  print(['program', 'tars', 'limit', 'WAT by hand', 'ratio', 'C, clang -Oz, lld', 'ratio', 'manifest', 'limit'], rows);
  for (const reason of reasons) console.log(`  C skipped: ${reason}`);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Cold processes, one of each kind in turn, so that a busy machine disturbs all alike. */
function startUp() {
  const bin = at('cli/bin/tars.js');
  const out = join(tmpdir(), `tars-measure-${process.pid}.wasm`);
  const cases = [
    ['node -e 0', ['-e', '0']],
    ['tars --version', [bin, '--version']],
    ['tars build examples/blink', [bin, 'build', 'examples/blink', '-o', out]],
  ];
  const times = cases.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    cases.forEach(([name, args], index) => {
      const start = performance.now();
      const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'ignore' });
      times[index].push(performance.now() - start);
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
    });
  }
  rmSync(out, { force: true });
  const [bare, version, compile] = times.map(median);
  console.log(`\nStart-up, medians of ${ROUNDS} cold processes each, interleaved`);
  print(
    ['command', 'ms', 'more than', 'ms more', 'limit', 'ratio to node'],
    [
      [cases[0][0], bare.toFixed(1), '', '', '', '1.00x'],
      [cases[1][0], version.toFixed(1), 'node', (version - bare).toFixed(1), '60', ratio(version, bare)],
      [cases[2][0], compile.toFixed(1), 'tars --version', (compile - version).toFixed(1), '25', ratio(compile, bare)],
    ],
  );
}

/** Instructions, not time: the same on every machine. */
async function verification() {
  console.log(
    "\nVerifying examples/kalman's bundle on a Cortex-M7 (QEMU, one signature; -Os is what a small board takes)",
  );
  const lacking = m7.lacks();
  if (lacking) return console.log(`  skipped: ${lacking}`);
  const results = await m7.measure();
  const row = (name, key) => [name, ...m7.LEVELS.map((level) => `${results[level][key]}`), `${m7.LIMITS[key] ?? ''}`];
  print(
    ['', ...m7.LEVELS.map((level) => `signature at -${level}`), 'limit'],
    [
      row('instructions, all of it', 'bundle_verify'),
      row('  the signature', 'signature'),
      row('    of it SHA-512', 'sha512'),
      row('    of it tests for weak points', 'weak_points'),
      row("  the payload's SHA-256", 'sha256_payload'),
      row('instructions, root document at boot', 'root_read'),
      row('instructions, root document at installation', 'root_verify'),
      row('peak stack, bytes', 'bundle_verify.stack'),
      row("instructions, the device's key at boot", 'key'),
      row('instructions, a signature of the device', 'sign'),
      row('peak stack of it, bytes', 'sign.stack'),
      row('text: Ed25519 and SHA-512', 'crypto'),
      row('text: all else of the verifier', 'verifier'),
      row("text: of the compiler's and C library", 'library'),
    ],
  );
  for (const [key, limit] of Object.entries(m7.LIMITS))
    if (m7.LEVELS.some((level) => results[level][key] > limit)) throw new Error(`${key} has outgrown its limit`);
  await instructions(results.Os.bundle_verify);
}

/** What the image on FreeRTOS takes for its work, and plain C on the same port for the same. */
async function instructions(verified) {
  console.log(
    '\nInstructions of the image as it ships on a Cortex-M7, counted by QEMU one by one; beside it C by hand on ' +
      'the same kernel and drivers',
  );
  await buildFirmware('firmware-qemu-m7');
  const { rows, speed } = await counts(verified);
  const share = ({ same, of }) => `${same} of ${of}`;
  print(
    ['', 'instructions', 'limit', 'in C', 'ratio', 'passes that came to this'],
    rows.map(({ what, tars, plain, limit }) => [
      what,
      `${tars.count}`,
      `${limit}`,
      `${plain?.count ?? '-'}`,
      ratio(tars.count, plain?.count),
      share(tars),
    ]),
  );
  const outgrown = rows.filter(({ tars, limit }) => tars.count > limit).map(({ what }) => what);
  if (outgrown.length > 0) throw new Error(`more than 10 % above what they were: ${outgrown.join('; ')}`);
  speeds(speed);
}

/** Time of an instruction of the emulated Cortex-M7, nanoseconds (`-icount shift=3`). */
const EMULATED_NS = 8;

/** The `speed` of the emulated board beside what was counted. */
function speeds(rows) {
  const { speed } = boards().find(({ name }) => name === 'qemu-m7');
  console.log(`\nWhat \`speed\` of boards/qemu-m7.json stands for, at ${EMULATED_NS} ns an instruction`);
  print(
    ['', 'instructions', 'ns', 'board file'],
    rows.map(({ what, key, count }) => [what, `${count}`, `${count * EMULATED_NS}`, `${key} ${speed[key]}`]),
  );
}

const kilo = (bytes) => (bytes === undefined || Number.isNaN(bytes) ? '' : (bytes / 1024).toFixed(1));

/** Bytes of the images for the Cortex-M7, part by part; their builds fail when one outgrows a budget. */
async function images() {
  console.log(
    '\nThe images for a Cortex-M7, K of 1,024 bytes; "behaviours" is what the board file plans for them, sums of ' +
      'RAM are before behaviours',
  );
  const lacking = lacksM7();
  if (lacking) return console.log(`  skipped: ${lacking}`);
  await buildM7();
  for (const [image, { what }] of Object.entries(IMAGES)) {
    console.log(`${image}: ${what}`);
    print(
      ['part', 'text', 'budget', 'RAM', 'budget'],
      (await budgetsOf(image)).map(({ name, text, textMost, ram, ramMost }) => [
        name,
        kilo(text),
        kilo(textMost),
        kilo(ram),
        kilo(ramMost),
      ]),
    );
  }
  console.log(
    'RAM of one behaviour on the smallest image, bytes, read from the board; the stacks are shared by all behaviours',
  );
  const { rows, shared } = await behaviourRam();
  print(
    ['example', 'module', 'arena', 'of it module', 'of it tables and instance', 'state and queue', 'all'],
    rows.map(({ name, module, arena, slot }) => [
      name,
      `${module}`,
      `${arena}`,
      `${module}`,
      `${arena - module}`,
      `${slot}`,
      `${arena + slot}`,
    ]),
  );
  console.log(
    `  shared by all: the execution stack ${shared.execution}, the worker's ${shared.worker}; planned for each: ` +
      `an arena of ${shared.arena}`,
  );
}

await sizes();
await images();
startUp();
await verification();
