// Which source file a function or a variable of an image was written in, from the image's debugging information
// (DWARF). With optimisation over all files only that still knows: the code's own units are "<artificial>", but what
// they define refers to the unit of the source file by its offset (DW_AT_abstract_origin).
import { run } from './run.mjs';

const ENTRY = /^ <\w+><(\w+)>: Abbrev Number: \d+ \((DW_TAG_\w+)\)/;
const NAME = /^ {4}<\w+> +DW_AT_name +: (?:\(indirect.*?\): )?(.*?)\s*$/;
const ORIGIN = /^ {4}<\w+> +DW_AT_(?:abstract_origin|specification): <0x(\w+)>/;
const PLACE = /^ {4}<\w+> +(?:DW_AT_low_pc +: 0x(\w+)|DW_AT_location +: 5 byte block: .*\(DW_OP_addr: (\w+)\))/;

/** Entries `{ offset, tag, unit, origin, address }` that have an origin or an address, and the units. */
function parse(text) {
  const entries = [];
  const units = [];
  let entry = {};
  for (const line of text.split('\n')) {
    const begun = ENTRY.exec(line);
    if (begun) {
      entry = { offset: parseInt(begun[1], 16), tag: begun[2] };
      if (entry.tag === 'DW_TAG_compile_unit') units.push(entry);
      else entries.push(entry);
    } else if (entry.tag === 'DW_TAG_compile_unit') entry.name ??= NAME.exec(line)?.[1];
    else {
      entry.origin ??= ORIGIN.exec(line)?.[1];
      const place = PLACE.exec(line);
      if (place) entry.address ??= parseInt(place[1] ?? place[2], 16);
    }
  }
  return { entries, units };
}

/** Returns a function from the address of a function or variable to its source file, as the compiler was given it. */
export async function filesOf(image) {
  const { entries, units } = parse(await run('arm-none-eabi-objdump', ['--dwarf=info', image]));
  const origins = new Map(
    entries.filter(({ origin }) => origin).map(({ offset, origin }) => [offset, parseInt(origin, 16)]),
  );
  const unitOf = (offset) => units.findLast((unit) => unit.offset <= offset)?.name;
  const files = new Map();
  for (const { tag, address, offset } of entries) {
    if (address === undefined || !/subprogram|variable/.test(tag)) continue;
    let first = offset;
    while (origins.has(first)) first = origins.get(first);
    files.set(address & ~1, unitOf(first));
  }
  return (address) => files.get(address & ~1);
}
