// The template of a port: it links as a board, and defines everything that the headers of hal/include want of a port.
import { readFileSync } from 'node:fs';
import { buildFirmware } from './firmware.mjs';
import { at } from './paths.mjs';
import { run } from './run.mjs';

const HEADERS = ['tars_os.h', 'tars_hal.h', 'tars_net.h'];
const FOLDER = 'build/firmware/ports/template';

/** Functions that a header declares. */
const declared = (header) =>
  [...readFileSync(at('hal/include', header), 'utf8').matchAll(/^\w[\w ]*[ *](tars_\w+)\(/gm)].map(([, name]) => name);

/** Builds it with the host's compiler and names what it lacks. */
export async function portTemplate() {
  await buildFirmware('firmware', 'tars-board-template');
  const symbols = await run('nm', ['--defined-only', at(FOLDER, 'libtars_port_template.a')]);
  const wanted = HEADERS.flatMap(declared);
  const missing = wanted.filter((name) => !new RegExp(` T ${name}$`, 'm').test(symbols));
  if (missing.length > 0) throw new Error(`firmware/ports/template lacks ${missing.join(', ')}`);
  return `all ${wanted.length} functions of ${HEADERS.join(', ')} are there`;
}
