/**
 * A fleet as its operator sees it through a broker: who is there, what each device is wanted to run, who else pushes.
 * Answers births with beacons, and devices that ask for parts of an app. Believes nothing that isn't signed.
 */
import { limits } from '../../hal/contract/index.js';
import { CborError, decodeBody, encodeBody, fleet as messages } from '../../sdk/wire/index.js';
import { moduleDigest, unpackApp } from '../host/app.js';
import { sameBytes } from '../host/cbor.js';
import { isRefused, type Signer } from '../host/envelope.js';
import { fromHex, toHex } from '../host/ids.js';
import type { Root } from '../host/root.js';
import { signFleet, verifyDevice } from '../host/signed.js';
import { openBundle } from '../host/verify.js';
import type { Broker, BrokerMessage } from './broker.js';
import { type Device, Devices, reportKey, type Taken } from './devices.js';
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

/** Who says that he pushes. */
export interface Claim {
  readonly operator: string;
  /** For people: user, host, since when. */
  readonly who: string;
  readonly since: string;
  /** The operator that this one takes over from. */
  readonly over?: string;
}

export type FleetEvent =
  | Taken
  | { readonly kind: 'desired'; readonly desired: Desired }
  | { readonly kind: 'claim'; readonly claim: Claim | undefined };

export interface FleetOptions {
  readonly broker: Broker;
  readonly fleet: string;
  readonly root: Root;
  readonly store: Store;
  readonly nowMs: () => number;
  /** Keys for beacons; none: births are not answered. */
  readonly signers: readonly Signer[];
}

/** How long a beacon holds. */
const BEACON_S = 30 * 86_400;
/** No further topic for so long means that the broker has sent what it kept: one message on each. */
const QUIET_MS = 250;
const WATCHED: readonly TopicName[] = ['state', 'online', 'events', 'reply', 'desired', 'want', 'operator'];

export class Fleet {
  readonly devices: Devices;
  /** Claim of whoever pushes, as it is kept by the broker. */
  claimed: Claim | undefined;
  private readonly options: FleetOptions;
  private readonly wanted = new Map<string, Desired>();
  /** What the broker keeps for each device, whoever signed it. */
  private readonly kept = new Map<string, Uint8Array>();
  private readonly answered = new Map<string, string>();
  private readonly listeners = new Set<(event: FleetEvent) => void>();
  /** Newest births as they were signed. */
  private readonly births = new Map<string, Uint8Array>();
  private readonly modules = new Map<string, Uint8Array>();
  /** Publications of our own that follow from what is heard, one after the other. */
  private work: Promise<unknown> = Promise.resolve();

  constructor(options: FleetOptions) {
    this.options = options;
    this.devices = new Devices(options.root.vendor);
    this.restore();
  }

  /** Subscribes, and waits for what the broker keeps. */
  async open(): Promise<void> {
    const { broker, fleet } = this.options;
    // Topics, not messages: a fleet that is being pushed to is never quiet.
    const heard = new Set<string>();
    broker.onMessage((message) => {
      heard.add(message.topic);
      this.hear(message);
    });
    await broker.subscribe(WATCHED.map((name) => topicPath(fleet, name)));
    for (let before = -1; before !== heard.size;) {
      before = heard.size;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
    broker.onMessage((message) => this.hear(message));
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

  /**
   * Bundles of this epoch that are wanted anywhere in the fleet, or that one of `devices` says it runs, by their
   * numbers. Others have no say: one that lies must not stop all.
   */
  numbers(devices: readonly Device[]): number[] {
    const { epoch } = this.options.root;
    const wanted = [...this.wanted.values()].filter((each) => each.epoch === epoch).map(({ number }) => number);
    return [...wanted, ...devices.filter(({ birth }) => birth.epoch === epoch).map(({ birth }) => birth.number)];
  }

  /** Wants `bytes` on a device from now on; nothing: what it has is enough. */
  async want(device: string, bytes: Uint8Array): Promise<void> {
    const { broker, fleet } = this.options;
    await broker.publish(topicPath(fleet, 'desired', { device }), bytes, { retain: true });
    this.note(device, bytes);
    const known = this.devices.get(device);
    if (known) await this.answer(known, true);
  }

  /** Keeps a root document at the broker for whoever lacks it. `newest`: it is the last one so far. */
  async publishRoot(version: number, bytes: Uint8Array, newest: boolean): Promise<void> {
    const { broker, fleet } = this.options;
    await broker.publish(topicPath(fleet, 'rootNext', { version: String(version) }), bytes, { retain: true });
    if (newest) await broker.publish(topicPath(fleet, 'root'), bytes, { retain: true });
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
      if (!isRefused(body)) this.devices.restore(id, body, boot > 0 ? { boot, counter } : undefined, reports);
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
    if (name === 'operator') return this.hearClaim(payload);
    if (name === 'desired') return this.hearDesired(device, payload);
    if (payload.length === 0) return;
    if (name === 'state') this.take('birth', device, payload);
    else if (name === 'online') this.take('presence', device, payload);
    else if (name === 'events') this.take('report', device, payload);
    else if (name === 'reply') this.take('reply', device, payload);
    else if (name === 'want') this.later(() => this.serve(device, payload));
  }

  /** What can't be done in a listener is done after it; a connection that is lost is told elsewhere. */
  private later(work: () => Promise<void>): void {
    this.work = this.work.then(work).catch(() => undefined);
  }

  private take(document: 'birth' | 'presence' | 'report' | 'reply', id: string, bytes: Uint8Array): void {
    const { store } = this.options;
    const taken = this.devices.take(document, id, bytes);
    if (taken.kind === 'dropped') {
      if (taken.dropped.error !== 'duplicate') store.audit('dropped', { ...taken.dropped });
      return this.emit(taken);
    }
    if (taken.kind === 'report') store.saveReport(reportKey(id, taken.report));
    if (taken.kind === 'birth' || taken.kind === 'report')
      this.save(taken.device, taken.kind === 'birth' ? bytes : undefined);
    if (taken.kind === 'birth' || taken.kind === 'presence') this.later(() => this.answer(taken.device, false));
    this.emit(taken);
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

  /** Remembers what a device is wanted to run, if its owner signed it. */
  private note(device: string, bytes: Uint8Array): Desired | undefined {
    this.kept.set(device, bytes);
    if (bytes.length === 0) this.wanted.delete(device);
    const opened = bytes.length === 0 ? undefined : openBundle(bytes, this.options.root);
    if (!opened || isRefused(opened)) return undefined;
    const {
      envelope,
      manifest: { epoch, number, digest: image },
    } = opened;
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
    if (signers.length === 0 || (!again && this.answered.get(id) === nonce)) return;
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

  /** Sends what a device asks for: the index of an app image, or chunks of a module. */
  private async serve(device: string, payload: Uint8Array): Promise<void> {
    const { broker, fleet } = this.options;
    const want = readWant(payload);
    if (!want) return;
    const digest = toHex(want.digest);
    const publish = (chunk: string, bytes: Uint8Array): Promise<void> =>
      broker.publish(topicPath(fleet, 'blob', { device, digest, chunk }), bytes);
    if (want.index) {
      const image = this.options.store.payload(digest);
      return image && publish('index', indexOf(image));
    }
    const module = this.module(digest);
    const size = limits.blob_chunk.value;
    for (let bit = 0; module && bit < 32; bit++) {
      const at = (want.first + bit) * size;
      if ((want.bitmap >>> bit) & 1 && at < module.length)
        await publish(String(want.first + bit), module.subarray(at, at + size));
    }
  }

  /** A module of any app image that is kept. */
  private module(digest: string): Uint8Array | undefined {
    const { store } = this.options;
    for (const image of this.modules.has(digest) ? [] : store.payloads()) {
      const bytes = store.payload(image);
      for (const module of bytes ? unpackApp(bytes).modules : []) this.modules.set(toHex(moduleDigest(module)), module);
    }
    return this.modules.get(digest);
  }
}

function readWant(payload: Uint8Array): ReturnType<typeof decodeWant> | undefined {
  try {
    return decodeWant(payload);
  } catch (error) {
    if (error instanceof CborError) return undefined;
    throw error;
  }
}

const decodeWant = (
  payload: Uint8Array,
): { readonly digest: Uint8Array; readonly index: boolean; readonly first: number; readonly bitmap: number } =>
  decodeBody(messages.want, payload);

function indexOf(image: Uint8Array): Uint8Array {
  const { class: boardClass, modules } = unpackApp(image);
  return encodeBody(messages.index, {
    class: boardClass,
    digests: Uint8Array.from(modules.flatMap((module) => [...moduleDigest(module)])),
    sizes: modules.map((module) => module.length),
  });
}

/** A claim is not signed: it keeps honest operators apart, and whoever can forge it can stop the broker as well. */
function readClaim(payload: Uint8Array): Claim | undefined {
  if (payload.length === 0) return undefined;
  try {
    const { operator, who, since, over } = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    const text = (value: unknown): string =>
      typeof value === 'string' ? value.replace(/[^\x20-\x7e]/g, '?').slice(0, 100) : '';
    return {
      operator: text(operator),
      who: text(who),
      since: text(since),
      ...(over !== undefined && { over: text(over) }),
    };
  } catch {
    return undefined;
  }
}
