/** From what the user wants to a plan that is written down: who gets it, what is already there, which number it has. */
import { limits } from '../../hal/contract/index.js';
import { type App, moduleDigest, packApp } from '../host/app.js';
import { packBundle } from '../host/bundle.js';
import type { Signer } from '../host/envelope.js';
import { concat, sameBytes } from '../host/cbor.js';
import { sha256, toHex } from '../host/ids.js';
import type { Root } from '../host/root.js';
import { isRefused } from '../host/envelope.js';
import { openBundle } from '../host/verify.js';
import type { Device } from './devices.js';
import type { Fleet } from './fleet.js';
import { beginRollout, makeWaves, nextNumber, type Plan } from './rollout.js';
import type { Store, StoredPlan } from './store.js';

export interface PlanInput {
  readonly app: App;
  readonly label: string;
  readonly kind: StoredPlan['kind'];
  readonly root: Root;
  readonly canary: number;
  readonly percents: readonly number[];
  readonly abort: Plan['abort'];
  readonly timeoutMs: number;
  readonly healthMs: number;
  /** Numbers that this machine gave elsewhere. */
  readonly lastNumber: number;
}

/** A device would refuse a number that is so far above what it has. */
export class TooFarAhead extends Error {
  override readonly name = 'TooFarAhead';
  constructor(
    readonly device: Device,
    readonly number: number,
    /** The device that has the number before, if one has. */ readonly ahead: Device | undefined,
  ) {
    super(`${device.birth.name} would refuse number ${number}`);
  }
}

/** Devices that run exactly these modules, committed, from a bundle. */
export function runsApp({ birth }: Device, app: App): boolean {
  return (
    birth.number > 0 &&
    birth.trial.length === 0 &&
    birth.class === app.class &&
    sameBytes(birth.modules, concat(...app.modules.map(moduleDigest)))
  );
}

/** The plan of an earlier run that was not finished, if there is one. */
export const unfinished = (store: Store): StoredPlan | undefined =>
  store.plans().find(({ state }) => state === 'running' || state === 'aborting');

/** False: the owner's root document has changed since, and who follows it refuses the bundle of the plan. */
export function isStillSigned({ plan, bundle }: StoredPlan, root: Root): boolean {
  return plan.epoch === root.epoch && plan.number >= root.sequence && !isRefused(openBundle(bundle, root));
}

/**
 * Order within a plan: who is on line first, so that canaries answer; then by name. Whoever already has the bundle that
 * is taken up again comes before all.
 */
export function orderDevices(devices: readonly Device[]): readonly Device[] {
  return [...devices].sort(
    (a, b) =>
      Number(b.online) - Number(a.online) ||
      (a.birth.name < b.birth.name ? -1 : a.birth.name > b.birth.name ? 1 : a.id < b.id ? -1 : 1),
  );
}

/**
 * Makes a plan for these devices and writes it down, before anything of it is done. If the store was lost, and the
 * newest bundle that the fleet is wanted to run is of this very app, that bundle is gone on with: no second one with
 * other bytes. Throws TooFarAhead.
 */
export function makePlan(
  input: PlanInput,
  devices: readonly Device[],
  {
    fleet,
    store,
    signers,
    nowMs,
  }: {
    readonly fleet: Fleet;
    readonly store: Store;
    readonly signers: readonly Signer[];
    readonly nowMs: number;
  },
): StoredPlan {
  const { app, root, label, kind } = input;
  const image = packApp(app);
  store.keepPayload(image);
  const adopted = kind === 'push' ? adopt(input, image, { fleet, store, devices }) : undefined;
  const number =
    adopted?.number ??
    nextNumber([...fleet.numbers(devices), ...plannedNumbers(store, root), input.lastNumber], root.sequence);
  checkAhead(number, devices, root);
  const bytes =
    adopted?.bytes ??
    packBundle({ image, vendor: root.vendor, epoch: root.epoch, number, healthMs: input.healthMs }, signers).bytes;
  const opened = openBundle(bytes, root);
  if (isRefused(opened)) throw new Error(`the bundle that was packed is refused: ${opened.error}`);
  const plan: Plan = {
    epoch: root.epoch,
    number,
    digest: toHex(opened.envelope.digest),
    waves: makeWaves(
      orderDevices(devices).map(({ id }) => id),
      input,
    ),
    canary: input.canary > 0 && input.canary < devices.length,
    abort: input.abort,
    timeoutMs: input.timeoutMs,
  };
  const stored: StoredPlan = {
    plan,
    kind,
    bundle: bytes,
    image: toHex(sha256(image)),
    label,
    startedMs: nowMs,
    state: 'running',
    reason: '',
  };
  store.addPlan(stored, [...beginRollout(plan).steps.values()]);
  store.audit('plan', {
    number,
    kind,
    label,
    image: stored.image,
    bundle: plan.digest,
    devices: devices.length,
    ...(adopted && { adopted: true }),
  });
  return stored;
}

/** Numbers of this epoch that the store gave to a plan. */
function plannedNumbers(store: Store, root: Root): readonly number[] {
  return store
    .plans()
    .filter(({ plan }) => plan.epoch === root.epoch)
    .map(({ plan }) => plan.number);
}

/** Before anything is written down: a plan that nobody can carry out would take its number from the next one. */
function checkAhead(number: number, devices: readonly Device[], root: Root): void {
  const has = ({ birth }: Device): number => (birth.epoch === root.epoch ? birth.number : 0);
  const far = devices.find((device) => number > Math.max(root.sequence, has(device)) + limits.jump.value);
  if (far)
    throw new TooFarAhead(
      far,
      number,
      devices.find((device) => has(device) === number - 1),
    );
}

/** The newest bundle of the fleet, if this store knows nothing of it and it carries this image. */
function adopt(
  { root, healthMs, lastNumber }: PlanInput,
  image: Uint8Array,
  { fleet, store, devices }: { readonly fleet: Fleet; readonly store: Store; readonly devices: readonly Device[] },
): { readonly number: number; readonly bytes: Uint8Array } | undefined {
  const digest = toHex(sha256(image));
  const planned = plannedNumbers(store, root);
  const newest = Math.max(0, ...fleet.numbers(devices), ...planned, lastNumber);
  for (const { id } of fleet.devices.list()) {
    const desired = fleet.desired(id);
    if (!desired || desired.epoch !== root.epoch || desired.number !== newest || desired.image !== digest) continue;
    if (planned.includes(newest)) return undefined;
    const opened = openBundle(desired.bytes, root);
    if (!isRefused(opened) && !opened.manifest.device && opened.manifest.healthMs === healthMs)
      return { number: newest, bytes: desired.bytes };
  }
  return undefined;
}
