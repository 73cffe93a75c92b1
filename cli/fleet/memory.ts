/** What changes a fleet has the operator's memory to itself, and a connection to the fleet's broker. */
import type { Signer } from '../../ota/host/envelope.js';
import { openFleet, type FleetPlace, type OpenFleet } from './open.js';
import { settleRoll } from './roll.js';
import { fleetFolder, lockState } from './state.js';
import { SqliteStore } from './store.js';

export interface FleetWithMemory extends OpenFleet {
  readonly store: SqliteStore;
}

/**
 * Runs with both, and gives them back. `signers` are asked for once the memory is taken. Throws a UserError if another
 * process has it.
 */
export async function withMemory<T>(
  place: FleetPlace,
  { signers, pushes }: { readonly signers?: () => Promise<readonly Signer[]>; readonly pushes?: boolean },
  run: (opened: FleetWithMemory) => Promise<T>,
): Promise<T> {
  const folder = fleetFolder(place.file.root.owner, place.settings.fleet);
  const unlock = lockState(folder);
  let store: SqliteStore | undefined;
  let opened: OpenFleet | undefined;
  try {
    store = await SqliteStore.open(folder);
    const keys = (await signers?.()) ?? [];
    opened = await openFleet(place, { store, signers: keys, pushes: pushes ?? false });
    await settleRoll(opened, { signers: keys, store });
    return await run({ ...opened, store });
  } finally {
    await opened?.broker.close();
    store?.close();
    unlock();
  }
}
