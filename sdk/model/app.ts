/** Rules for the modules of one app together: what each asks for must exist on the board and not collide. */
import { kinds, limits } from '../../hal/contract/index.js';
import type { ModelBoard } from './board.js';
import { Refused } from './fault.js';
import type { Program } from './guest.js';
import type { Manifest, Use } from './manifest.js';

/** Type of board resource behind each kind of handle that names one. */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  'gpio.out': 'gpio',
  'gpio.in': 'gpio',
  'pwm.pulse': 'pwm',
  'pwm.duty': 'pwm',
  adc: 'adc',
  i2c: 'i2c',
  spi: 'spi',
  uart: 'uart',
};

/** Throws Refused for an app that the board can't run. */
export function checkApp(programs: readonly Program[], board: ModelBoard): void {
  const manifests = programs.map(({ manifest }) => manifest);
  if (manifests.length > Math.min(limits.modules.value, board.budgets.slots))
    throw new Refused('nomem', 'too many behaviours');
  if (new Set(manifests.map(({ name }) => name)).size < manifests.length)
    throw new Refused('conflict', 'two behaviours of one name');
  for (const manifest of manifests) checkManifest(manifest, board);
  checkExclusive(manifests);
  checkTopics(manifests);
}

function checkManifest(manifest: Manifest, board: ModelBoard): void {
  if (manifest.abi !== limits.abi.value) throw new Refused('abi', String(manifest.abi));
  for (const use of manifest.uses) {
    const wanted = RESOURCE_TYPES[use.kind];
    const name = String(use.fields['name']);
    if (wanted !== undefined && board.resources[name]?.type !== wanted) throw new Refused('unknown', name);
  }
}

/** Each output, chip select and bus address belongs to one behaviour. */
function checkExclusive(manifests: readonly Manifest[]): void {
  manifests.forEach(({ uses }, index) => {
    for (const other of manifests.slice(0, index).flatMap((each) => each.uses)) {
      const mine = uses.find((use) => sameDevice(use, other) || collide(use, other) || collide(other, use));
      if (mine) throw new Refused('conflict', String(mine.fields['name']));
    }
  });
}

function sameDevice(a: Use, b: Use): boolean {
  if (a.kind !== b.kind || a.fields['name'] !== b.fields['name']) return false;
  return (
    (a.kind === 'i2c' && a.fields['address'] === b.fields['address']) ||
    (a.kind === 'spi' && a.fields['select'] === b.fields['select'])
  );
}

/** True if one drives, as an output or as a chip select, what the other uses in any way. */
const collide = (a: Use, b: Use): boolean =>
  placesOf(a).some((place) => drives(a, place) && placesOf(b).includes(place));

/** The board's resources that a handle uses. */
const placesOf = ({ kind, fields: { name, select } }: Use): unknown[] =>
  RESOURCE_TYPES[kind] === undefined ? [] : [name, select].filter((place) => place !== undefined);

const drives = ({ kind, fields }: Use, place: unknown): boolean =>
  fields['select'] === place ||
  (fields['name'] === place && kinds.find(({ name }) => name === kind)?.exclusive === 'output');

/** All who name a topic agree on its fields. */
function checkTopics(manifests: readonly Manifest[]): void {
  const schemas = new Map<string, string>();
  for (const { fields, kind } of manifests.flatMap(({ uses }) => uses)) {
    if (kind !== 'publish' && kind !== 'subscribe') continue;
    const topic = String(fields['topic']);
    const schema = String(fields['schema']);
    if ((schemas.get(topic) ?? schema) !== schema) throw new Refused('conflict', `fields of ${topic}`);
    schemas.set(topic, schema);
  }
}
