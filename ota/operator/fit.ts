/** Which devices can take a bundle, by what each says of itself: who can't is left out, and stops nobody else. */
import { type ErrorName, limits } from '../../hal/contract/index.js';
import type { Root } from '../host/root.js';
import { toHex } from '../host/ids.js';
import type { Device } from './devices.js';

/** A device that a bundle can't be for, the refusal that it would answer with, and what is in the way. */
export interface LeftOut {
  readonly device: Device;
  readonly error: ErrorName;
  readonly why: string;
}

/** A bundle that is to be pushed. */
export interface Candidate {
  readonly root: Root;
  /** Version of the newest root document that the owner signed, as far as it is known here. */
  readonly newestRoot: number;
  readonly number: number;
  /** SHA-256 of its manifest, hexadecimal; empty: it is yet to be made. */
  readonly digest: string;
}

/** Everything for which the device would refuse it. */
export function unfit(
  device: Device,
  { root, newestRoot, number, digest }: Candidate,
): Omit<LeftOut, 'device'> | undefined {
  const { birth, name, online } = device;
  if (birth.class !== device.class)
    return { error: 'wrong_class', why: `${name} was enrolled as ${device.class} and calls itself ${birth.class}` };
  if (birth.root > newestRoot)
    return {
      error: 'root_version',
      why: `${name} follows root document ${birth.root}, and none newer than ${newestRoot} is known here`,
    };
  if (online && birth.root < root.version)
    return { error: 'root_version', why: `${name} still follows root document ${birth.root}, not ${root.version}` };
  const has = birth.epoch === root.epoch ? birth.number : 0;
  if (has >= number && (has > number || toHex(birth.bundle) !== digest))
    return {
      error: 'rollback',
      why: `${name} says that it has bundle ${has}, and none newer than ${number - 1} is known here`,
    };
  const floor = Math.max(root.sequence, has);
  return number > floor + limits.jump.value
    ? {
        error: 'fast_forward',
        why: `${name} has bundle ${has} and would refuse number ${number}: at most ${limits.jump.value} ahead`,
      }
    : undefined;
}

/** Parts devices into those that can take the bundle and those that are left out. */
export function partDevices(
  devices: readonly Device[],
  candidate: Candidate,
): { readonly fit: readonly Device[]; readonly left: readonly LeftOut[] } {
  const left: LeftOut[] = [];
  const fit = devices.filter((device) => {
    const why = unfit(device, candidate);
    if (why) left.push({ device, ...why });
    return why === undefined;
  });
  return { fit, left };
}
