/** What an image for the Cortex-M7 contains of libraries, from the linker's map and the image's symbols. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** An input section that was kept: its address, its bytes, the object that it comes from. */
const SECTION = /^ \.text\S*\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S+)$/gm;
/** The toolchain's archives, and the objects of the port's small libc. */
const LIBRARY = /\/lib(?:gcc|g|c|m|g_nano|c_nano)\.a\(|\/(?:format|libc\w*)\.c\.obj$/;
const SYMBOL = /^([0-9a-f]+) [TW] (\S+)$/gm;

/** Names of the global functions of an image that libraries bring; the map lies beside the image. */
export function libraryFunctions(image: string): string[] {
  const ranges = [...readFileSync(image.replace(/elf$/, 'map'), 'utf8').matchAll(SECTION)].flatMap(
    ([, address = '', bytes = '', object = '']) =>
      LIBRARY.test(object) && !/^0+$/.test(address) ? [[parseInt(address, 16), parseInt(bytes, 16)] as const] : [],
  );
  const symbols = execFileSync('arm-none-eabi-nm', [image], { encoding: 'utf8' }).matchAll(SYMBOL);
  return [...symbols].flatMap(([, address = '', name = '']) => {
    const at = parseInt(address, 16);
    return ranges.some(([from, bytes]) => at >= from && at < from + bytes) ? [name] : [];
  });
}
