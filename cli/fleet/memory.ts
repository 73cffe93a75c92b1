/** What changes a fleet has the operator's memory to itself, and a connection to the fleet's broker. */
import type { KeyRing } from '../keys/keyring.js';
import type { Signer } from '../../ota/host/envelope.js';
import { openFleet, type FleetPlace, type OpenFleet } from './open.js';
import { anchorLog } from './anchor.js';
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
  {
    signers,
    pushes,
    ring,
  }: {
    readonly signers?: () => Promise<readonly Signer[]>;
    readonly pushes?: boolean;
    /** Keys that are opened later sign the head of the log too. */
    readonly ring?: KeyRing;
  },
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
    const result = await run({ ...opened, store });
    await anchorLog(opened, ring?.opened ?? keys);
    return result;
  } finally {
    await opened?.broker.close();
    store?.close();
    unlock();
  }
}
