// Text (.text, .rodata, .data) and RAM of the images for the Cortex-M7, part by part, from the linker's maps, and the budgets
// that they must keep: cli/dev/budget.mjs fails the build, `npm run bench` prints the tables.
import { readFileSync } from 'node:fs';
import { at } from './paths.mjs';

const RAM = 0x20000000;
const K = 1024;

const file = (...names) => names.map((name) => `${name}.c.obj`);

/**
 * Parts by libraries and files that they are linked from; the first that fits counts, and what is left is the C library.
 * "Simulation" is what stands in for hardware that the emulator lacks, and the bench that drives it: no board of anybody
 * else's has that, so sums are given with and without it. "Behaviours" is the room that the board file plans for them.
 */
const PARTS = [
  { name: 'behaviours', from: [], rows: ['.bss.memory', '.bss.tars_slots'] },
  { name: 'simulation', from: ['tars_sim', ...file('bench', 'tars_bench', 'alone')], rows: ['.bss.tars_world', '.bss.bench_in', '.bss.bench_out'] },
  { name: 'TLS', from: ['tars_mbedtls', 'tars_tls'] },
  { name: 'crypto', from: file('ed25519', 'monocypher-ed25519', 'sha256') },
  { name: 'core', from: ['tars_core'] },
  { name: 'engine', from: ['tars_engine'] },
  { name: 'kernel', from: ['tars_kernel'] },
  { name: 'network', from: ['tars_lwip', 'tars_port_net', 'tars_core_mqtt', 'tars_mqtt', 'tars_fleet', ...file('stream')] },
  { name: 'store, updates', from: ['tars_ota_device', 'tars_littlefs'] },
  { name: 'link agent', from: ['tars_agent'] },
  { name: 'port', from: ['tars_port', ...file('start', 'main', 'libc', 'libc_text', 'format')] },
  { name: 'C library', from: [] },
];

/** At most so many K of text for a part, in every image. */
const TEXT = {
  simulation: 6.5, TLS: 51, crypto: 15, core: 37, engine: 49.5, kernel: 5.5, network: 40, 'store, updates': 34.5, 'link agent': 5.5, port: 6, 'C library': 4.5,
};

/**
 * Images with their build folders, and at most so many K of text (all but the simulation) and of RAM (that, and before
 * behaviours). `aim`: what the sums are meant to come to; not reached yet, and no reason to fail.
 */
export const IMAGES = {
  'tars-board': { what: 'with TLS', folder: 'firmware-qemu-m7', text: 243.5, aim: { text: 215 } },
  'tars-board-plain': { what: 'without TLS', folder: 'firmware-qemu-m7', text: 192.5, aim: { text: 160 } },
  'tars-board-smallest': { what: 'the smallest: one UART, no network, no bench', folder: 'firmware-qemu-m7-smallest', text: 151.5, ram: 77.5, aim: { text: 125, ram: 32 } },
};

/** Pieces of an image that have a place: library, file, section, address, bytes. */
function pieces(map) {
  const text = readFileSync(map, 'utf8');
  const memory = text.slice(text.indexOf('Linker script and memory map')).replace(/\n( \.\S+)\n\s+0x/g, '\n$1 0x');
  const place = (symbol) => parseInt(new RegExp(`0x([0-9a-f]+)\\s+${symbol} = `).exec(memory)[1], 16);
  const stack = { library: '', object: 'start.c.obj', section: '.bss', address: place('tars_bss_end') };
  const rows = memory.matchAll(/^ (\.\S+|COMMON)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+(\S.*)$/gm);
  const linked = [...rows].filter(([, section]) => !/^\.(debug|comment|ARM\.attr)/.test(section)).map(([, section, address, bytes, from]) => {
    const member = /lib(\w+)\.a\((.*)\)/.exec(from);
    const [library, object] = member ? member.slice(1) : ['', from.split('/').at(-1)];
    return { library, object, section, address: parseInt(address, 16), bytes: parseInt(bytes, 16) };
  });
  return [...linked, { ...stack, bytes: place('tars_stack_top') - stack.address }]; // the linker script's own: of start and interrupts
}

/** The part that a piece belongs to. `stream.c` is a file of two libraries. */
const partOf = (piece) => PARTS.find(({ from, rows }) =>
  rows?.some((row) => piece.section === row && (row !== '.bss.memory' || piece.object === 'slot.c.obj'))
  || from.includes(piece.library) || (from.includes(piece.object) && !(piece.library === 'tars_agent'))) ?? PARTS.at(-1);

/** Parts with their bytes `{ name, text, ram }` from a map. */
export function footprint(map) {
  const rows = PARTS.map(({ name }) => ({ name, text: 0, ram: 0 }));
  for (const piece of pieces(map)) {
    const row = rows[PARTS.indexOf(partOf(piece))];
    if (piece.address >= RAM) row.ram += piece.bytes;
    if (piece.address < RAM || piece.section.startsWith('.data')) row.text += piece.bytes;
  }
  return rows;
}

/** Rows of an image with budgets in bytes (not a number: none): its parts, then all but the simulation. */
export function budgetsOf(image, map = mapOf(image)) {
  const { text, ram } = IMAGES[image];
  const rows = footprint(map).map((row) => ({ ...row, textMost: TEXT[row.name] * K }));
  const sum = (key, without) => rows.reduce((total, row) => total + (without.includes(row.name) ? 0 : row[key]), 0);
  const board = { name: 'all but the simulation', text: sum('text', ['simulation']), textMost: text * K,
    ram: sum('ram', ['simulation', 'behaviours']), ramMost: ram * K };
  return [...rows, board, { name: 'all', text: sum('text', []), ram: sum('ram', []) }];
}

/** Sentences about what is too large. */
export function outgrown(image, rows) {
  const over = (row, key) => (row[`${key}Most`] < row[key]
    ? [`${image} is too large: ${key === 'ram' ? 'RAM before behaviours' : 'text'} of "${row.name}" takes ${row[key]} bytes, its budget in cli/dev/lib/footprint.mjs is ${row[`${key}Most`]}`] : []);
  return rows.flatMap((row) => [...over(row, 'text'), ...over(row, 'ram')]);
}

/** The linker's map of an image. */
export const mapOf = (image) => at('build', IMAGES[image].folder, 'ports/freertos', `${image}.map`);
