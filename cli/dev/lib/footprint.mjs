// Text (.text, .rodata, .data) and RAM of the Cortex-M7 image, from the linker's map.
import { readFileSync } from 'node:fs';
import { at } from './paths.mjs';

const MAP = 'build/firmware-qemu-m7/ports/freertos/tars-board.map';
const RAM = 0x20000000;
const K = 1024;

/** Parts by the libraries that they are linked from; what is left is the C library. `most`: K of text, above which the bench fails. */
const PARTS = [
  { name: 'core', from: ['tars_core'], most: 42 },
  { name: 'engine', from: ['tars_engine'], most: 60 },
  { name: 'kernel', from: ['tars_kernel'], most: 6 },
  { name: 'store, updates, signatures', from: ['tars_ota_device', 'tars_littlefs'], most: 54 },
  { name: 'link agent', from: ['tars_agent'], most: 7 },
  { name: 'network, MQTT, fleet', from: ['tars_lwip', 'tars_port_net', 'tars_core_mqtt', 'tars_mqtt', 'tars_fleet'], most: 44 },
  { name: 'TLS', from: ['tars_mbedtls', 'tars_tls'], most: 60 },
  { name: 'port', from: ['tars_port', 'start.c.obj', 'main.c.obj', 'libc.c.obj'], most: 11 },
  { name: 'simulated peripherals', from: ['tars_sim'], most: 6 },
];
const REST = { name: 'C library', from: [], most: 12 };

/** What the parts are meant to come to, K: not reached yet, and no reason to fail. */
export const AIMS = { 'all, without TLS': 160, all: 215 };

/** Pieces of the image that have a place: `[library or file, address, bytes, section]`. */
function pieces() {
  const text = readFileSync(at(MAP), 'utf8');
  const memory = text.slice(text.indexOf('Linker script and memory map')).replace(/\n( \.\S+)\n\s+0x/g, '\n$1 0x');
  const rows = memory.matchAll(/^ (\.\S+|COMMON)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+(\S.*)$/gm);
  return [...rows].filter(([, section]) => !/^\.(debug|comment|ARM\.attr)/.test(section)).map(([, section, address, bytes, file]) => {
    const name = /lib(\w+)\.a\(/.exec(file)?.[1] ?? file.split('/').at(-1);
    return { name, section, address: parseInt(address, 16), bytes: parseInt(bytes, 16) };
  });
}

/** Rows `{ name, text, ram, most }` in bytes, and the two sums. */
export function footprint() {
  const rows = [...PARTS, REST].map((part) => ({ ...part, text: 0, ram: 0, most: part.most * K }));
  for (const { name, section, address, bytes } of pieces()) {
    const row = rows.find(({ from }) => from.includes(name)) ?? rows.at(-1);
    if (address >= RAM) row.ram += bytes;
    if (address < RAM || section.startsWith('.data')) row.text += bytes;
  }
  const sum = (list, key) => list.reduce((total, row) => total + row[key], 0);
  const without = rows.filter(({ name }) => name !== 'TLS');
  const total = (name, list) => ({ name, text: sum(list, 'text'), ram: sum(list, 'ram'), most: sum(list, 'most') });
  return [...rows, total('all, without TLS', without), total('all', rows)];
}
