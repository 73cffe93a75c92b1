/**
 * A device for tests of the operator's side: speaks the documents of a fleet, believes what the real verifier believes,
 * and then commits, reverts or says nothing, as the test wants. What real boards do is tried in hil-tests.
 */
import virtual from '../../../boards/virtual.json' with { type: 'json' };
import { calls, limits, phases } from '../../../hal/contract/index.js';
import { paceOf } from '../../../sdk/timing/index.js';
import { concat } from '../../host/cbor.js';
import { moduleDigest } from '../../host/app.js';
import type { Signer } from '../../host/envelope.js';
import { deviceId, toHex } from '../../host/ids.js';
import { callBitmap } from '../../host/request.js';
import type { Root } from '../../host/root.js';
import { type FleetBody, signFleet } from '../../host/signed.js';
import { type DeviceState, verifyBundle } from '../../host/verify.js';
import type { Broker } from '../broker.js';
import { Enrolment, nothingPending, type Pending } from '../enrolment.js';
import { topicPath } from '../topics.js';

export type Fate = 'commit' | 'revert' | 'silent';

export interface FakeOptions {
  readonly broker: Broker;
  readonly fleet: string;
  readonly root: Root;
  readonly key: Signer;
  readonly name: string;
  /** Class of its board; `virtual` by default. */
  readonly class?: string;
  readonly fate?: (number: number) => Fate;
  /** Highest signed time it has seen, seconds since 1970. */
  readonly timeS?: number;
}

/** These devices, enrolled in a fleet. */
export const enrolmentOf = (root: Root, fleet: string, devices: readonly FakeDevice[]): Enrolment =>
  new Enrolment(root, fleet, { pending: { ...nothingPending, enrol: devices.map(({ row }) => row) } });

const phase = (name: (typeof phases)[number]['name']): number => phases.findIndex((row) => row.name === name);

export class FakeDevice {
  readonly id: string;
  /**
   * Digests of the bundles that it has committed, by their numbers: two for one number is the worst that can happen.
   */
  readonly commits: { readonly number: number; readonly digest: string }[] = [];
  readonly offered = new Map<number, Set<string>>();
  private readonly options: FakeOptions;
  private readonly nonce = new Uint8Array(8).fill(7);
  private counter = 0;
  private attempts = 0;
  private committed: DeviceState['committed'];
  private modules = new Uint8Array();
  private readonly failed: Uint8Array[] = [];
  private work: Promise<void> = Promise.resolve();

  constructor(options: FakeOptions) {
    this.options = options;
    this.id = toHex(deviceId(options.root.vendor, options.key.publicKey));
  }

  /** What a roll says of it, if it was honest when it was enrolled. */
  get row(): Pending['enrol'][number] {
    const { key, name, class: boardClass = 'virtual' } = this.options;
    return { publicKey: key.publicKey, class: boardClass, name };
  }

  /** Connects and says who it is. */
  async start(): Promise<void> {
    const { broker, fleet } = this.options;
    broker.onMessage(({ payload }) => void (this.work = this.work.then(() => this.take(payload))));
    await broker.subscribe([topicPath(fleet, 'desired', { device: this.id })]);
    await this.birth();
    await this.presence(true);
  }

  async presence(online: boolean): Promise<void> {
    await this.publish(
      'online',
      this.sign('presence', { device: this.device, boot: 1, nonce: this.nonce, online }),
      true,
    );
  }

  /** Says what it runs. */
  async birth(): Promise<void> {
    const { name, root, key, timeS = 0, class: boardClass = 'virtual' } = this.options;
    await this.publish(
      'state',
      this.sign('birth', {
        device: this.device,
        boot: 1,
        counter: ++this.counter,
        nonce: this.nonce,
        key: key.publicKey,
        name,
        class: boardClass,
        firmware: '0.1.0',
        abi: limits.abi.value,
        contract: new Uint8Array(8),
        calls: callBitmap(calls.map(({ id }) => id)),
        root: root.version,
        epoch: this.committed?.epoch ?? root.epoch,
        number: this.committed?.number ?? 0,
        bundle: this.committed?.digest ?? new Uint8Array(),
        trial: new Uint8Array(),
        modules: this.modules,
        freshness: 0,
        time: timeS,
        behaviour: '',
        status: 0,
        fault: 0,
        faults: 0,
      }),
      true,
    );
  }

  private get device(): Uint8Array {
    return deviceId(this.options.root.vendor, this.options.key.publicKey);
  }

  private sign<N extends 'birth' | 'presence' | 'report'>(name: N, body: FleetBody<N>): Uint8Array {
    return signFleet(name, body, [this.options.key]);
  }

  private publish(name: 'state' | 'online' | 'events', bytes: Uint8Array, retain: boolean): Promise<void> {
    const { broker, fleet } = this.options;
    return broker.publish(topicPath(fleet, name, { device: this.id }), bytes, { retain });
  }

  private async take(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    const { root, key, fate = (): Fate => 'commit' } = this.options;
    const board: DeviceState = {
      root,
      class: this.options.class ?? 'virtual',
      publicKey: key.publicKey,
      calls: callBitmap(calls.map(({ id }) => id)),
      pace: paceOf(virtual),
      failed: this.failed,
      ...(this.committed && { committed: this.committed }),
    };
    const verdict = verifyBundle(bytes, board);
    if ('refused' in verdict) return;
    const {
      manifest: { epoch, number },
      digest,
      same,
      app,
    } = verdict.accepted;
    this.offered.set(number, (this.offered.get(number) ?? new Set()).add(toHex(digest)));
    if (same || fate(number) === 'silent') return;
    this.attempts++;
    for (const step of ['received', 'verified', 'staged', 'trial'] as const) await this.report(step, digest, number, 0);
    if (fate(number) === 'revert') {
      this.failed.push(digest);
      return this.report('reverted', digest, number, 97);
    }
    this.committed = { epoch, number, digest };
    this.modules = Uint8Array.from(concat(...(app?.modules ?? []).map(moduleDigest)));
    this.commits.push({ number, digest: toHex(digest) });
    await this.report('committed', digest, number, 0);
    await this.birth();
  }

  private report(
    step: (typeof phases)[number]['name'],
    bundle: Uint8Array,
    number: number,
    code: number,
  ): Promise<void> {
    return this.publish(
      'events',
      this.sign('report', {
        device: this.device,
        boot: 1,
        counter: ++this.counter,
        phase: phase(step),
        bundle,
        number,
        attempt: this.attempts,
        code,
        behaviour: '',
        detail: code > 0 ? 'what a board says' : '',
      }),
      false,
    );
  }
}
