/** Rules for the modules of one app together: what each asks for must exist on the board and not collide. */
import { kinds, limits } from '../../hal/contract/index.js';
import type { Board } from './board.js';
import { Refused } from './fault.js';
import type { Program } from './guest.js';
import type { Manifest, Use } from './manifest.js';

/** Type of board resource behind each kind of handle that names one. */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  'gpio.out': 'gpio', 'gpio.in': 'gpio', 'pwm.pulse': 'pwm', 'pwm.duty': 'pwm', adc: 'adc', i2c: 'i2c', spi: 'spi', uart: 'uart',
};

/** Throws Refused for an app that the board can't run. */
export function checkApp(programs: readonly Program[], board: Board): void {
  const manifests = programs.map(({ manifest }) => manifest);
  if (manifests.length > Math.min(limits.modules.value, board.budgets.slots)) throw new Refused('nomem', 'too many behaviours');
  if (new Set(manifests.map(({ name }) => name)).size < manifests.length) throw new Refused('conflict', 'two behaviours of one name');
  for (const manifest of manifests) checkManifest(manifest, board);
  checkExclusive(manifests);
  checkTopics(manifests);
}

function checkManifest(manifest: Manifest, board: Board): void {
  if (manifest.abi !== limits.abi.value) throw new Refused('abi', String(manifest.abi));
  for (const use of manifest.uses) {
    const wanted = RESOURCE_TYPES[use.kind];
    const name = String(use.fields['name']);
    if (wanted !== undefined && board.resources[name]?.type !== wanted) throw new Refused('unknown', name);
  }
}

/** Each output and bus address belongs to one behaviour. */
function checkExclusive(manifests: readonly Manifest[]): void {
  const owners = new Map<string, string>();
  for (const { name, uses } of manifests) {
    for (const claim of uses.flatMap(claimOf)) {
      if ((owners.get(claim) ?? name) !== name) throw new Refused('conflict', claim);
      owners.set(claim, name);
    }
  }
}

function claimOf(use: Use): string[] {
  const exclusive = kinds.find(({ name }) => name === use.kind)?.exclusive ?? 'shared';
  if (exclusive === 'shared') return [];
  return [[use.fields['name'], use.fields['address'] ?? use.fields['select'] ?? ''].join(' ')];
}

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
