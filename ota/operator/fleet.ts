/**
 * A fleet as its operator sees it through a broker: who is there, what each device is wanted to run, who else pushes.
 * Answers births with beacons, and devices that ask for parts of an app. Believes nothing that isn't signed.
 */
import { limits } from '../../hal/contract/index.js';
import { sameBytes } from '../host/cbor.js';
import { isRefused, type Signer } from '../host/envelope.js';
import { fromHex, toHex } from '../host/ids.js';
import { type LogHead, verifyLogHead } from '../host/log-head.js';
import { verifyRoot, type Root, type TrustedRoot } from '../host/root.js';
import { signFleet, verifyDevice } from '../host/signed.js';
import { openBundle } from '../host/verify.js';
import { Arrival } from './arrival.js';
import { Blobs } from './blobs.js';
import type { Broker, BrokerMessage } from './broker.js';
import { type Claim, readClaim } from './claim.js';
import { type Device, Devices, type Dropped, reportKey, STRANGERS_MAX, type Taken } from './devices.js';
import type { Enrolment } from './enrolment.js';
import type { Store } from './store.js';
import { parseTopic, topicPath, type TopicName } from './topics.js';

/** A bundle that a device is wanted to run. */
export interface Desired {
  readonly device: string;
  readonly epoch: number;
  readonly number: number;
  /** SHA-256 of its manifest and of its app image, hexadecimal. */
  readonly digest: string;
  readonly image: string;
  readonly bytes: Uint8Array;
}

export type FleetEvent =
  | Taken
  | { readonly kind: 'desired'; readonly desired: Desired }
  | { readonly kind: 'roll' }
  | { readonly kind: 'claim'; readonly claim: Claim | undefined };

export interface FleetOptions {
  readonly broker: Broker;
  readonly fleet: string;
  readonly root: Root;
  /** The devices that belong to the fleet. */
  readonly enrolment: Enrolment;
  readonly store: Store;
  readonly nowMs: () => number;
  /** Keys for beacons; none: births are not answered. */
  readonly signers: readonly Signer[];
  /** True: while somebody pushes, births and requests for parts are left to him. */
  readonly yields?: boolean;
  /** Called when roll and root documents are known, before a device is listened to; may throw. */
  readonly beforeDevices?: () => void;
  /** Hears why an answer to a device could not be given: the broker refuses it. Absent: settled() rejects. */
  readonly onFailure?: (error: unknown) => void;
}

/** How long a beacon holds. */
const BEACON_S = 30 * 86_400;
/** What the owner signed for all, and must be known before a device is listened to. */
const FIRST: readonly TopicName[] = ['roll', 'root', 'rootNext', 'logHead'];
const WATCHED: readonly TopicName[] = ['state', 'online', 'events', 'reply', 'desired', 'want', 'operator'];
/** Most root documents after the one in force that are looked at, and most heads of logs. */
const ROOTS_MAX = 64;
/** Most requests for parts of an app that wait. */
const SERVING_MAX = 1024;

export class Fleet {
  readonly devices: Devices;
  readonly enrolment: Enrolment;
  /** Claim of whoever pushes, as it is kept by the broker. */
  claimed: Claim | undefined;
  /** Heads of operators' logs that the broker keeps, by the names of the logs. */
  readonly heads = new Map<string, LogHead>();
  /** What the broker keeps as the roll, whoever signed it. */
  heardRoll: Uint8Array | undefined;
  private readonly options: FleetOptions;
  private readonly wanted = new Map<string, Desired>();
  /** What the broker keeps for each device, whoever signed it. */
  private readonly kept = new Map<string, Uint8Array>();
  private readonly answered = new Map<string, string>();
  /** Highest number of this epoch that a bundle of the owner has, for whatever device it is kept. */
  private highest = 0;
  /** Root documents that the broker keeps, by their bytes. */
  private readonly documents = new Map<string, Uint8Array>();
  /** What was written into the log as dropped: each kind once for a device. */
  private readonly told = new Set<string>();
  private readonly listeners = new Set<(event: FleetEvent) => void>();
  /** Newest births as they were signed. */
  private readonly births = new Map<string, Uint8Array>();
  private readonly blobs: Blobs;
  /** Publications of our own that follow from what is heard, one after the other. */
  private work: Promise<unknown> = Promise.resolve();
  /** Requests for parts of an app that wait for that. */
  private serving = 0;

  constructor(options: FleetOptions) {
    this.options = options;
    this.enrolment = options.enrolment;
    this.blobs = new Blobs(options.store);
    this.devices = new Devices(options.root.vendor, options.enrolment);
    this.restore();
  }

  /**
   * Subscribes, and waits for what the broker keeps: first what the owner signed, then what devices say. Throws a Flood
   * if that has no end.
   */
  async open(): Promise<void> {
    const { broker } = this.options;
    const seen = new Map<string, Set<string>>();
    const arrival = new Arrival((topic) => this.isAwaited(topic, seen));
    const listen = async (): Promise<void> => {
      for (const names of [FIRST, WATCHED]) {
        if (names === WATCHED) this.options.beforeDevices?.();
        await broker.subscribe(this.paths(names));
        await arrival.quiet();
      }
    };
    broker.onMessage((message) => {
      arrival.hear(message);
      this.hear(message);
    });
    try {
      await Promise.race([listen(), arrival.flooded]);
    } finally {
      arrival.end();
      broker.onMessage((message) => this.hear(message));
    }
  }

  /** True for what belongs to the fleet, and for as many strangers, root documents and logs as are looked at. */
  private isAwaited(topic: string, seen: Map<string, Set<string>>): boolean {
    const { name, parts = {} } = parseTopic(this.options.fleet, topic) ?? {};
    const { device } = parts;
    if (name === undefined || (device !== undefined && this.enrolment.get(device))) return name !== undefined;
    const kind = device === undefined ? name : 'stranger';
    const ids = seen.get(kind) ?? new Set();
    if (ids.size < STRANGERS_MAX) ids.add(Object.values(parts)[0] ?? '');
    seen.set(kind, ids);
    return ids.has(Object.values(parts)[0] ?? '');
  }

  private paths(names: readonly TopicName[]): readonly string[] {
    return names.map((name) => topicPath(this.options.fleet, name));
  }

  /** Calls `listener` for everything that is news; returns a function that ends it. */
  on(listener: (event: FleetEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  desired(device: string): Desired | undefined {
    return this.wanted.get(device);
  }

  /** True if the broker keeps these very bytes for a device. */
  keeps(device: string, bytes: Uint8Array): boolean {
    return sameBytes(this.kept.get(device) ?? new Uint8Array(), bytes);
  }

  /** Highest number that a bundle of this epoch has, as its owner's signature shows; what devices say is no proof. */
  get newestNumber(): number {
    return this.highest;
  }

  /** Version of the newest root document: the one of this machine, or what follows it and is kept by the broker. */
  get newestRoot(): number {
    let root: TrustedRoot = { root: this.options.root, digest: new Uint8Array() };
    for (let next: TrustedRoot | undefined = root; next; next = this.follower(root)) root = next;
    return root.root.version;
  }

  private follower(root: TrustedRoot): TrustedRoot | undefined {
    for (const bytes of this.documents.values()) {
      const result = verifyRoot(bytes, root);
      if ('accepted' in result && !result.same && result.accepted.root.version > root.root.version)
        return result.accepted;
    }
    return undefined;
  }

  /** Wants `bytes` on a device from now on; nothing: what it has is enough. */
  async want(device: string, bytes: Uint8Array): Promise<void> {
    const { broker, fleet } = this.options;
    await broker.publish(topicPath(fleet, 'desired', { device }), bytes, { retain: true });
    this.note(device, bytes);
    const known = this.devices.get(device);
    if (known) await this.answer(known, true);
  }

  /** Wants nothing of a device any more, and asks the broker to forget what it was wanted to run. */
  async clear(device: string): Promise<void> {
    const { broker, fleet } = this.options;
    await broker.publish(topicPath(fleet, 'desired', { device }), new Uint8Array(), { retain: true });
  }

  /** Keeps a root document at the broker for whoever lacks it. `newest`: it is the last one so far. */
  async publishRoot(version: number, bytes: Uint8Array, newest: boolean): Promise<void> {
    const { broker, fleet } = this.options;
    await broker.publish(topicPath(fleet, 'rootNext', { version: String(version) }), bytes, { retain: true });
    if (newest) await broker.publish(topicPath(fleet, 'root'), bytes, { retain: true });
  }

  /** Keeps the roll in force at the broker, and looks anew at what devices have said. */
  async publishRoll(): Promise<void> {
    const { broker, fleet } = this.options;
    const roll = this.enrolment.roll;
    if (roll) await broker.publish(topicPath(fleet, 'roll'), roll.bytes, { retain: true });
    await this.enrolled();
  }

  /** After a change of who is enrolled: who was a stranger may be a device now, and its words are wanted again. */
  async enrolled(): Promise<void> {
    this.devices.enrolled();
    this.emit({ kind: 'roll' });
    await this.options.broker.subscribe(this.paths(WATCHED));
  }

  /** Says who pushes; `undefined` nobody any more. */
  claim(claim: Claim | undefined): Promise<void> {
    const { broker, fleet } = this.options;
    return broker.publish(
      topicPath(fleet, 'operator'),
      claim ? new TextEncoder().encode(JSON.stringify(claim)) : new Uint8Array(),
      { retain: true },
    );
  }

  /** Resolves when everything that had to be answered is answered. */
  async settled(): Promise<void> {
    await this.work;
  }

  private restore(): void {
    const { store, root } = this.options;
    const reports = store.reports();
    for (const { id, birth, boot, counter } of store.devices()) {
      const body = verifyDevice('birth', birth, { vendor: root.vendor });
      this.births.set(id, birth);
      if (!isRefused(body)) this.devices.restore(id, body, birth, boot > 0 ? { boot, counter } : undefined, reports);
    }
  }

  private emit(event: FleetEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private hear({ topic, payload }: BrokerMessage): void {
    const parsed = parseTopic(this.options.fleet, topic);
    if (!parsed) return;
    const { name, parts } = parsed;
    const device = parts['device'] ?? '';
    // Nothing that anybody signs is longer: it would be kept for nothing.
    if (payload.length > (name === 'roll' ? limits.roll : limits.bundle).value) return;
    if (name === 'operator') return this.hearClaim(payload);
    if (name === 'desired') return this.hearDesired(device, payload);
    if (payload.length === 0) return;
    if (name === 'roll') return this.hearRoll(payload);
    if (name === 'logHead') return this.hearHead(parts['operator'] ?? '', payload);
    if (name === 'root' || name === 'rootNext') return this.hearRoot(topic, payload);
    if (name === 'state') this.take('birth', device, payload);
    else if (name === 'online') this.take('presence', device, payload);
    else if (name === 'events') this.take('report', device, payload);
    else if (name === 'reply') this.take('reply', device, payload);
    else if (name === 'want' && this.enrolment.get(device) && !this.isAnother) this.serveLater(device, payload);
  }

  /** Somebody else answers. */
  private get isAnother(): boolean {
    return this.options.yields === true && this.claimed !== undefined;
  }

  private hearRoll(bytes: Uint8Array): void {
    this.heardRoll = bytes;
    if (this.enrolment.take(bytes) === true) this.later(() => this.enrolled());
  }

  private hearHead(operator: string, bytes: Uint8Array): void {
    const { root, fleet } = this.options;
    const head = verifyLogHead(bytes, { root, fleet, operator });
    if (!isRefused(head) && (this.heads.has(operator) || this.heads.size < ROOTS_MAX)) this.heads.set(operator, head);
  }

  private hearRoot(topic: string, bytes: Uint8Array): void {
    if (bytes.length <= limits.root.value && (this.documents.has(topic) || this.documents.size < ROOTS_MAX))
      this.documents.set(topic, bytes);
  }

  /** Does after the listener what cannot be done in it. What the broker refuses then is told to whoever runs this. */
  private later(work: () => Promise<void>): void {
    this.work = this.work.then(work).catch(this.options.onFailure);
  }

  private take(document: 'birth' | 'presence' | 'report' | 'reply', id: string, bytes: Uint8Array): void {
    const { store } = this.options;
    const taken = this.devices.take(document, id, bytes);
    if (taken.kind === 'dropped') {
      this.tell(taken.dropped);
      return this.emit(taken);
    }
    if (taken.kind === 'report') {
      store.saveReport(reportKey(id, taken.report));
      taken.forgotten.forEach((key) => store.forgetReport(key));
    }
    if (taken.kind === 'birth' || taken.kind === 'report')
      this.save(taken.device, taken.kind === 'birth' ? bytes : undefined);
    if (taken.kind === 'birth' || taken.kind === 'presence') this.later(() => this.answer(taken.device, false));
    this.emit(taken);
  }

  /** Writes a dropped document into the log, each kind once for a device, so that repetitions don't fill it. */
  private tell(dropped: Dropped): void {
    const kind = [dropped.device, dropped.document, dropped.error].join('/');
    if (dropped.error === 'duplicate' || this.told.has(kind)) return;
    this.told.add(kind);
    this.options.store.audit('dropped', { ...dropped });
  }

  private save({ id, report }: Device, birth: Uint8Array | undefined): void {
    const bytes = birth ?? this.births.get(id);
    if (!bytes) return;
    this.births.set(id, bytes);
    this.options.store.saveDevice({ id, birth: bytes, boot: report?.boot ?? 0, counter: report?.counter ?? 0 });
  }

  private hearClaim(payload: Uint8Array): void {
    this.claimed = readClaim(payload);
    this.emit({ kind: 'claim', claim: this.claimed });
  }

  private hearDesired(device: string, payload: Uint8Array): void {
    const desired = this.note(device, payload);
    if (desired) this.emit({ kind: 'desired', desired });
  }

  /**
   * Remembers what a device is wanted to run, if its owner signed it. What is kept for strangers only shows that a
   * number was given.
   */
  private note(device: string, bytes: Uint8Array): Desired | undefined {
    const member = this.enrolment.get(device) !== undefined;
    if (member) this.kept.set(device, bytes);
    if (bytes.length === 0) this.wanted.delete(device);
    const opened = bytes.length === 0 ? undefined : openBundle(bytes, this.options.root);
    if (!opened || isRefused(opened)) return undefined;
    const {
      envelope,
      manifest: { epoch, number, digest: image },
    } = opened;
    if (epoch === this.options.root.epoch) this.highest = Math.max(this.highest, number);
    if (!member) return undefined;
    const desired: Desired = { device, epoch, number, digest: toHex(envelope.digest), image: toHex(image), bytes };
    this.wanted.set(device, desired);
    return desired;
  }

  /**
   * A beacon that answers the device's nonce: once for each session, and again when it is wanted to run something else.
   */
  private async answer({ id, birth }: Device, again: boolean): Promise<void> {
    const { broker, fleet, root, signers, nowMs } = this.options;
    const { desired: wanted, nonce } = { desired: this.wanted.get(id), nonce: toHex(birth.nonce) };
    if (signers.length === 0 || this.isAnother || (!again && this.answered.get(id) === nonce)) return;
    this.answered.set(id, nonce);
    const newest = Math.max(
      wanted?.epoch === root.epoch ? wanted.number : 0,
      birth.epoch === root.epoch ? birth.number : 0,
    );
    const time = Math.floor(nowMs() / 1000);
    const beacon = signFleet(
      'beacon',
      { device: fromHex(id), nonce: birth.nonce, epoch: root.epoch, number: newest, time, expiry: time + BEACON_S },
      signers,
    );
    await broker.publish(topicPath(fleet, 'beacon', { device: id }), beacon);
  }

  /** What is asked for while too much is on its way is dropped: a device that wants it asks again. */
  private serveLater(device: string, payload: Uint8Array): void {
    if (this.serving >= SERVING_MAX) return;
    this.serving++;
    this.later(() => this.serve(device, payload).finally(() => void this.serving--));
  }

  /** Sends what a device asks for. */
  private async serve(device: string, payload: Uint8Array): Promise<void> {
    const { broker, fleet } = this.options;
    for (const { digest, chunk, bytes } of this.blobs.answer(payload))
      await broker.publish(topicPath(fleet, 'blob', { device, digest, chunk }), bytes);
  }
}
