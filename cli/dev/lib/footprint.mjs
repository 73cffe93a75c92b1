// Text (.text, .rodata, .data) and RAM of the images for the Cortex-M7, part by part, from the images themselves, and
// the budgets that they must keep: cli/dev/budget.mjs fails the build, `npm run bench` prints the tables.
import { filesOf } from './dwarf.mjs';
import { at } from './paths.mjs';
import { run } from './run.mjs';

const RAM = 0x20000000;
const K = 1024;

/**
 * Parts by the files that their functions and variables are written in (the images are optimised over all files at
 * once: what was inlined counts where it went); the first that fits counts. "Simulation" is what stands in for hardware
 * that the emulator lacks, and the bench that drives it: no board of anybody else's has that, so sums are given without
 * it too. "Behaviours" is the room that the board file plans for them. "Constants" have no name: strings, tables of
 * switches.
 */
const PARTS = [
  { name: 'behaviours', symbols: /^(memory|tars_slots)$/, files: /core\/slot\.c|core\/app\.c/ },
  { name: 'simulation', files: /firmware\/sim\/|freertos\/bench(_absent)?\.c|an500\/feed\.c|gen\/tars_bench\.c/ },
  { name: 'TLS', files: /\/mbedtls-sys|firmware\/net\/tls/ },
  { name: 'crypto', files: /device\/ed25519|\/monocypher-sys|wire\/sha/ },
  { name: 'link agent', files: /firmware\/agent\/(?!fleet)|gen\/tars_commands\.c/ },
  { name: 'core', files: /firmware\/(core|wire|gen)\/|\/include\/tars/ },
  { name: 'engine', files: /firmware\/engines\/|\/wamrx-sys/ },
  { name: 'kernel', files: /\/freertos-next/ },
  { name: 'network', files: /\/lwip\/|freertos\/net\/|lan9118\.c|firmware\/net\/|\/core-mqtt-sys|agent\/fleet/ },
  { name: 'store, updates', files: /ota\/device\// },
  { name: 'port', files: /firmware\/(ports|measure)\// },
  { name: 'C library', files: /gcc|newlib/ },
  { name: 'constants' },
];

/** At most so many K of text for a part, in every image. */
const TEXT = {
  simulation: 5,
  TLS: 36.5,
  crypto: 13.5,
  core: 33,
  engine: 41.75,
  kernel: 3.5,
  network: 37.5,
  'store, updates': 24,
  'link agent': 5.5,
  port: 9.75,
  'C library': 1,
  constants: 8.5,
};

/**
 * Images with their build folders, and at most so many K of text (all but the simulation) and of RAM (that, and before
 * behaviours).
 */
export const IMAGES = {
  'tars-board': { what: 'with TLS', folder: 'firmware-qemu-m7', text: 212 },
  'tars-board-plain': { what: 'without TLS', folder: 'firmware-qemu-m7', text: 170 },
  'tars-board-smallest': {
    what: 'the smallest: one UART, no network, no bench',
    folder: 'firmware-qemu-m7-smallest',
    text: 136,
    ram: 32,
  },
};

/** A line of nm: address, bytes, kind, name without what the optimiser added. */
const SYMBOL = /^(\w+) (\w+) (\w) ([^\s.]+)/gm;

/** Symbols of an image that have bytes, with their source files; of several at one address, the largest. */
async function pieces(image) {
  const files = await filesOf(image);
  const found = new Map();
  for (const [, place, size, kind, name] of (await run('arm-none-eabi-nm', ['-S', image])).matchAll(SYMBOL)) {
    const [address, bytes] = [parseInt(place, 16), parseInt(size, 16)];
    const piece = { name, file: files(address), flash: !/b/i.test(kind), address, bytes };
    if (!(found.get(address)?.bytes >= bytes)) found.set(address, piece);
  }
  return [...found.values()];
}

/** Bytes of flash and of RAM that an image takes in all. */
async function total(image) {
  const rows = [...(await run('arm-none-eabi-size', ['-A', '-d', image])).matchAll(/^(\.\S+) +(\d+) +(\d+)$/gm)].map(
    ([, section, bytes, address]) => ({ section, bytes: +bytes, address: +address }),
  );
  const placed = rows.filter(({ section }) => !/^\.(debug|comment|ARM\.attr)/.test(section));
  const sum = (fits) => placed.filter(fits).reduce((bytes, row) => bytes + row.bytes, 0);
  const place = async (symbol) =>
    parseInt(new RegExp(`^(\\w+) \\w ${symbol}$`, 'm').exec(await run('arm-none-eabi-nm', [image]))[1], 16);
  // The stack of the start and of interrupts lies in .bss and belongs to no symbol.
  const stack = (await place('tars_stack_top')) - (await place('tars_bss_end'));
  return {
    text: sum(({ section, address }) => address < RAM || section === '.data'),
    ram: sum(({ address }) => address >= RAM),
    stack,
  };
}

const partOf = ({ name, file = '' }) =>
  PARTS.find(({ symbols, files }) => (symbols?.test(name) ?? true) && (files?.test(file) ?? true));

/**
 * Parts with their bytes `{ name, text, ram }` from an image; what has no name is "constants", or a stack of the
 * port's.
 */
export async function footprint(image) {
  const rows = PARTS.map(({ name }) => ({ name, text: 0, ram: 0 }));
  const row = (name) => rows.find((candidate) => candidate.name === name);
  for (const piece of await pieces(image)) {
    const { name } = partOf(piece);
    if (piece.address >= RAM) row(name).ram += piece.bytes;
    if (piece.flash) row(name).text += piece.bytes;
  }
  const whole = await total(image);
  row('port').ram += whole.stack;
  for (const key of ['text', 'ram'])
    row('constants')[key] += whole[key] - rows.reduce((sum, each) => sum + each[key], 0);
  return rows;
}

/** Rows of an image with budgets in bytes (not a number: none): its parts, then all but the simulation. */
export async function budgetsOf(image, file = fileOf(image)) {
  const { text, ram } = IMAGES[image];
  const rows = (await footprint(file)).map((row) => ({ ...row, textMost: TEXT[row.name] * K }));
  const sum = (key, without) => rows.reduce((total, row) => total + (without.includes(row.name) ? 0 : row[key]), 0);
  const board = {
    name: 'all but the simulation',
    text: sum('text', ['simulation']),
    textMost: text * K,
    ram: sum('ram', ['simulation', 'behaviours']),
    ramMost: ram * K,
  };
  return [...rows, board, { name: 'all', text: sum('text', []), ram: sum('ram', []) }];
}

/** Sentences about what is too large. */
export function outgrown(image, rows) {
  const over = (row, key) =>
    row[`${key}Most`] < row[key]
      ? [
          `${image} is too large: ${key === 'ram' ? 'RAM before behaviours' : 'text'} of "${row.name}" takes ` +
            `${row[key]} bytes, its budget in cli/dev/lib/footprint.mjs is ${row[`${key}Most`]}`,
        ]
      : [];
  return rows.flatMap((row) => [...over(row, 'text'), ...over(row, 'ram')]);
}

/** The image itself. */
export const fileOf = (image) => at('build', IMAGES[image].folder, 'ports/freertos', `${image}.elf`);
