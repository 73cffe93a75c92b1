/**
 * The operator's side of a fleet, as small as tests need it: keys, signed documents, and an MQTT client that listens.
 */
import { randomBytes } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { errors, limits, phases, topicRoot, topics } from '../../hal/contract/index.js';
import { type App, moduleDigest, packApp } from '../../ota/host/app.js';
import { packBundle } from '../../ota/host/bundle.js';
import { publicKey } from '../../ota/host/ed25519.js';
import { documentDigest, isRefused, type Signer } from '../../ota/host/envelope.js';
import type { Grant } from '../../ota/host/grant.js';
import { sha256, toHex } from '../../ota/host/ids.js';
import { encodeBundleManifest } from '../../ota/host/bundle-manifest.js';
import { makeRoot, type Root, signRoot } from '../../ota/host/root.js';
import { type DeviceDocument, type FleetBody, signFleet, verifyDevice } from '../../ota/host/signed.js';
import { decodeBody, encodeBody, fleet, link, type MessageBody } from '../../sdk/wire/index.js';

/** A key that was made for a test. */
export function signer(): Signer {
  const seed = new Uint8Array(randomBytes(32));
  return { seed, publicKey: publicKey(seed) };
}

/** An owner: root document 1, with one key for each role. */
export class Owner {
  readonly keys = { root: signer(), release: signer(), operator: signer() };
  readonly root: Root;

  constructor(readonly domain = 'robots.example') {
    const keys = (['root', 'release', 'operator'] as const).map((role) => ({
      publicKey: this.keys[role].publicKey,
      roles: [role],
      name: role,
    }));
    this.root = makeRoot({
      version: 1,
      epoch: 1,
      sequence: 0,
      owner: domain,
      thresholds: { root: 1, release: 1, operator: 1, aot: 0, dev: 0 },
      keys,
    });
  }

  /** The root document, or one of its successors. */
  rootDocument(changes: Partial<Root> = {}): Uint8Array {
    return signRoot({ ...this.root, ...changes }, [this.keys.root]);
  }

  bundle(
    modules: readonly Uint8Array[],
    options: {
      readonly number: number;
      readonly healthMs?: number;
      readonly detached?: boolean;
      readonly by?: Signer;
      readonly class?: string;
      /** What the signers allow; absent: what the modules ask for. */
      readonly grant?: Grant;
    },
  ): { readonly bytes: Uint8Array; readonly digest: Uint8Array; readonly app: App; readonly image: Uint8Array } {
    const app = { class: options.class ?? 'virtual', modules };
    const image = packApp(app);
    const { bytes, manifest } = packBundle(
      {
        image,
        vendor: this.root.vendor,
        epoch: this.root.epoch,
        number: options.number,
        healthMs: options.healthMs ?? 1000,
        ...(options.detached !== undefined && { detached: options.detached }),
        ...(options.grant && { grant: options.grant }),
      },
      [options.by ?? this.keys.release],
    );
    return { bytes, digest: documentDigest(encodeBundleManifest(manifest)), app, image };
  }
}

/** A topic of a device or, without one, of the fleet. */
export function topic(
  name: (typeof topics)[number]['name'],
  fleetName: string,
  parts: Readonly<Record<string, string>> = {},
): string {
  const row = topics.find((each) => each.name === name);
  return (topicRoot + (row?.path ?? '')).replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    key === 'fleet' ? fleetName : (parts[key] ?? '+'),
  );
}

export const errorName = (code: number): string => errors.find((row) => row.code === code)?.name ?? String(code);
export const phaseName = (phase: number): string => phases[phase]?.name ?? String(phase);

interface Received {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
}

const WAIT_MS = 20_000;

/** Listens to a whole fleet and speaks for its owner. */
export class Operator {
  readonly received: Received[] = [];
  private readonly waiting = new Set<() => void>();
  private counter = 0;

  private constructor(
    readonly client: MqttClient,
    readonly owner: Owner,
    readonly fleet: string,
  ) {
    client.on('message', (name, payload, packet) => {
      this.received.push({ topic: name, payload: new Uint8Array(payload), retained: packet.retain });
      for (const look of [...this.waiting]) look();
    });
  }

  static async connect(url: string, owner: Owner, fleetName: string): Promise<Operator> {
    const client = await connectAsync(url, { reconnectPeriod: 200, clientId: `op-${toHex(randomBytes(4))}` });
    const operator = new Operator(client, owner, fleetName);
    await client.subscribeAsync(topicRoot.replace('{fleet}', fleetName) + '#', { qos: 1 });
    return operator;
  }

  async publish(name: string, payload: Uint8Array, retain = false): Promise<void> {
    await this.client.publishAsync(name, Buffer.from(payload), { qos: 1, retain });
  }

  /** Resolves with the first result of `look` over what was received from `since` on. */
  async until<T>(what: string, look: (received: readonly Received[]) => T | undefined, since = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(check);
        reject(
          new Error(
            `no ${what} in ${WAIT_MS} ms; the last that came: ${this.received
              .slice(since)
              .slice(-12)
              .map((each) => each.topic.split('/').at(-1))
              .join(', ')}`,
          ),
        );
      }, WAIT_MS);
      const check = (): void => {
        const found = look(this.received.slice(since));
        if (found === undefined) return;
        clearTimeout(timer);
        this.waiting.delete(check);
        resolve(found);
      };
      this.waiting.add(check);
      check();
    });
  }

  /** Documents of a device in the order in which they came; each must be signed by it. */
  documents<N extends DeviceDocument>(name: N, received: readonly Received[], key?: Uint8Array): FleetBody<N>[] {
    const suffix = { birth: 'state', presence: 'online', report: 'events', reply: 'reply' }[name as string] as 'state';
    const pattern = new RegExp(`^${topic(suffix, this.fleet).replace('+', '[0-9a-f]{32}')}$`);
    return received
      .filter((each) => pattern.test(each.topic) && each.payload.length > 0)
      .map((each) => {
        const body = verifyDevice(name, each.payload, {
          vendor: this.owner.root.vendor,
          ...(key && { publicKey: key }),
        });
        if (isRefused(body)) throw new Error(`a ${name} that its device didn't sign: ${body.error} ${body.why}`);
        return body;
      });
  }

  /** The next birth that fits. */
  birth(fits: (birth: FleetBody<'birth'>) => boolean = () => true, since = 0): Promise<FleetBody<'birth'>> {
    return this.until('birth', (received) => this.documents('birth', received).find(fits), since);
  }

  /** The next report of a device that fits. */
  report(
    device: FleetBody<'birth'>,
    fits: (report: FleetBody<'report'>) => boolean,
    since = 0,
  ): Promise<FleetBody<'report'>> {
    return this.until('report', (received) => this.documents('report', received, device.key).find(fits), since);
  }

  /** The birth with a nonce that the device gives for commands now, in the place of its session's. */
  async ready(birth: FleetBody<'birth'>): Promise<FleetBody<'birth'>> {
    const since = this.received.length;
    await this.publish(topic('command', this.fleet, { device: toHex(birth.device) }), new Uint8Array());
    const { nonce } = await this.until(
      'a nonce',
      (received) => this.documents('reply', received, birth.key).find(({ command }) => command === 0),
      since,
    );
    return { ...birth, nonce };
  }

  /** Signs a command under the nonce of a birth that is ready. */
  command<N extends keyof typeof link>(
    birth: FleetBody<'birth'>,
    name: N,
    body: MessageBody<(typeof link)[N]>,
    by: readonly Signer[] = [this.owner.keys.operator],
    counter = ++this.counter,
  ): { readonly document: Uint8Array; readonly counter: number } {
    const row = link[name];
    const document = signFleet(
      'command',
      { device: birth.device, nonce: birth.nonce, counter, request: row.id, body: encodeBody(row, body as never) },
      by,
    );
    return { document, counter };
  }

  /** Sends a command and resolves with the code of its reply. */
  async order<N extends keyof typeof link>(
    birth: FleetBody<'birth'>,
    name: N,
    body: MessageBody<(typeof link)[N]>,
  ): Promise<number> {
    const { document, counter } = this.command(await this.ready(birth), name, body);
    const since = this.received.length;
    await this.publish(topic('command', this.fleet, { device: toHex(birth.device) }), document);
    const reply = await this.until(
      `reply to ${name}`,
      (received) => this.documents('reply', received, birth.key).find((each) => each.command === counter),
      since,
    );
    return reply.code;
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }
}

/**
 * Serves the blobs of an app to every device that asks, one answer after the other, until it is told to stop. `change`
 * may change or drop what is sent.
 */
export function serveBlobs(
  operator: Operator,
  { app, image }: { readonly app: App; readonly image: Uint8Array },
  change: (name: string, bytes: Uint8Array) => Uint8Array | undefined = (_, bytes) => bytes,
): { readonly asked: readonly string[]; readonly stop: () => void } {
  const blobs = new Map(app.modules.map((module) => [toHex(moduleDigest(module)), module]));
  const index = encodeBody(fleet.index, {
    class: app.class,
    digests: Buffer.concat(app.modules.map((module) => moduleDigest(module))),
    sizes: app.modules.map((module) => module.length),
  });
  const asked: string[] = [];
  const size = limits.blob_chunk.value;
  const answer = async (device: string, payload: Uint8Array): Promise<void> => {
    const want = decodeBody(fleet.want, payload);
    const digest = toHex(want.digest);
    asked.push(want.index ? 'index' : `${digest.slice(0, 8)} ${want.first}`);
    const send = async (chunk: string, bytes: Uint8Array): Promise<void> => {
      const changed = change(chunk, bytes);
      if (changed) await operator.publish(topic('blob', operator.fleet, { device, digest, chunk }), changed);
    };
    if (want.index && digest === toHex(sha256(image))) await send('index', index);
    const module = want.index ? undefined : blobs.get(digest);
    for (let bit = 0; module && bit < 32; bit++) {
      const first = (want.first + bit) * size;
      if (((want.bitmap >>> bit) & 1) !== 0 && first < module.length)
        await send(String(want.first + bit), module.subarray(first, first + size));
    }
  };
  const listener = (name: string, payload: Buffer): void => {
    const match = /\/d\/([0-9a-f]{32})\/blob\/req$/.exec(name);
    if (match) void answer(match[1] as string, new Uint8Array(payload));
  };
  operator.client.on('message', listener);
  return { asked, stop: () => void operator.client.off('message', listener) };
}
