/** Rules for the modules of one app together: what each asks for must exist on the board and not collide. */
import { type Kind, kinds, limits } from '../../hal/contract/index.js';
import type { ModelBoard } from './board.js';
import { Refused } from './fault.js';
import type { Program } from './guest.js';
import type { Manifest, Use } from './manifest.js';

/** The contract's row of a kind. */
const rowOf = ({ kind }: Use): Kind => kinds.find(({ name }) => name === kind) as Kind;

/** The board's resources that a handle uses, and whether it drives them: as an output or as a chip select. */
function placesOf(use: Use): { readonly type: string; readonly name: string; readonly drives: boolean }[] {
  return rowOf(use).fields.flatMap(({ name, resource, drives = false }) =>
    resource === undefined ? [] : [{ type: resource, name: String(use.fields[name]), drives }],
  );
}

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
    for (const { type, name } of placesOf(use))
      if (board.resources[name]?.type !== type) throw new Refused('unknown', name);
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

/** True for one device of a bus, whose address nobody shares. */
function sameDevice(a: Use, b: Use): boolean {
  const { exclusive, identity } = rowOf(a);
  return a.kind === b.kind && exclusive === true && identity.every((field) => a.fields[field] === b.fields[field]);
}

/** True if one drives what the other uses in any way. */
const collide = (a: Use, b: Use): boolean =>
  placesOf(a).some(({ name, drives }) => drives && placesOf(b).some((place) => place.name === name));

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
