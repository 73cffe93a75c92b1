/** Brings the roll that this machine knows and the one that the broker keeps together. */
import { sameBytes } from '../../ota/host/cbor.js';
import type { Signer } from '../../ota/host/envelope.js';
import { toHex } from '../../ota/host/ids.js';
import type { Store } from '../../ota/operator/store.js';
import type { OpenFleet } from './open.js';
import { keepRoll } from './rolls.js';

/**
 * Signs what was decided here, where keys are at hand, and sees to it that the broker has the newest roll.
 */
export async function settleRoll(
  { fleet, place, lost }: OpenFleet,
  { signers, store }: { readonly signers: readonly Signer[]; readonly store: Store },
): Promise<void> {
  const { root } = place.file;
  const { enrolment } = fleet;
  if (enrolment.isPending && signers.length > 0) {
    const { enrol, forget, revoke } = enrolment.pending;
    const { roll } = enrolment.sign(signers, Math.floor(Date.now() / 1000));
    store.audit('roll', {
      version: roll.version,
      devices: roll.devices.filter(({ state }) => state === 'enrolled').length,
      ...(enrol.length > 0 && { enrol: enrol.map(({ publicKey, name }) => `${name} ${toHex(publicKey)}`) }),
      ...(forget.length > 0 && { forget: forget.map(toHex) }),
      ...(revoke.length > 0 && { revoke: revoke.map(toHex) }),
    });
  }
  const { roll } = enrolment;
  if (!roll) return;
  keepRoll(root, place.settings.fleet, roll);
  if (!fleet.heardRoll || !sameBytes(fleet.heardRoll, roll.bytes)) await Promise.race([fleet.publishRoll(), lost]);
}
