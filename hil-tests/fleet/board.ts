/** Boards of a fleet: virtual ones on the real clock, provisioned over their link as `tars provision` does. */
import { upload } from '../../cli/device/upload.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';
import type { Owner } from './operator.js';

export const description = loadDescription('virtual');

/** Starts a board. With `state` it is the one that lives in this folder. */
export const openBoard = (state?: string): Promise<BoardRig> =>
  BoardRig.open(description, { realTime: true, ...(state !== undefined && { state }) });

/** Gives the board its broker and then its owner. */
export async function provision(
  rig: Pick<BoardRig, 'link'>,
  owner: Owner,
  network: { readonly broker: string; readonly fleet: string; readonly ca?: Uint8Array },
): Promise<void> {
  if (network.ca) await upload(rig.link, 'ca', network.ca);
  await rig.link.request('network.set', { broker: network.broker, fleet: network.fleet, user: '', password: '' });
  await upload(rig.link, 'root', owner.rootDocument());
}
