// What groups of host calls cost: the smallest image without them, as its board file has it, and the same image with
// all of them. Arguments: groups whose functions are looked for (by default those that the board file leaves out).
import { mkdirSync, writeFileSync } from 'node:fs';
import { boards, codegen } from './lib/codegen.mjs';
import { buildFirmware, buildTables } from './lib/firmware.mjs';
import { at } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const FOLDER = 'build/groups';
const IMAGE = 'tars-board-smallest';
const board = boards().find(({ name }) => name === 'qemu-m7-smallest');
const large = boards().find(({ name }) => name === 'qemu-m7');
const whole = { ...board, name: 'qemu-m7-whole', calls: large.calls, resources: large.resources };
const groups =
  process.argv.length > 2 ? process.argv.slice(2) : whole.calls.filter((each) => !board.calls.includes(each));

mkdirSync(at(FOLDER), { recursive: true });
const { boardFiles } = await codegen();
for (const [name, text] of boardFiles(whole)) writeFileSync(at(FOLDER, name), text);

/** Text and RAM of an image, and how many functions of the groups are in it. */
async function sizeOf(folder) {
  const image = at(folder, 'ports/freertos', `${IMAGE}.elf`);
  const [text, data, bss] = (await run('arm-none-eabi-size', [image])).split('\n')[1].trim().split(/\s+/).map(Number);
  const names = [...(await run('arm-none-eabi-nm', [image])).matchAll(/ [tT] tars_(?:run|call)_([a-z0-9]+)_/g)];
  return { text: text + data, ram: data + bss, functions: names.filter(([, group]) => groups.includes(group)).length };
}

const without = await sizeOf(await buildFirmware('firmware-qemu-m7-smallest', IMAGE));
const flavour = 'firmware-qemu-m7-smallest';
const all = await sizeOf(await buildTables(flavour, { board: 'qemu_m7_whole', tables: at(FOLDER), target: IMAGE }));
const row = (what, { text, ram, functions }) =>
  console.log(
    `${what.padEnd(42)} ${String(text).padStart(7)} ${String(ram).padStart(7)} ${String(functions).padStart(9)}`,
  );
console.log(`${'the smallest image'.padEnd(42)} ${'flash'.padStart(7)} ${'RAM'.padStart(7)} functions`);
row('with all groups', all);
row(`without ${whole.calls.filter((each) => !board.calls.includes(each)).join(', ')}`, without);
row('saved', {
  text: all.text - without.text,
  ram: all.ram - without.ram,
  functions: all.functions - without.functions,
});
console.log(`(functions: of ${groups.join(', ')}; RAM: bytes of the board's simulated peripherals among them)`);
process.exitCode = without.functions === 0 && without.text < all.text ? 0 : 1;
