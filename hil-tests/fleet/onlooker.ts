/**
 * Hears what the devices of a fleet say of themselves: a test that waits for it need not start the command line again
 * and again. What counts is what the command line says in the end.
 */
import { connectAsync, type MqttClient } from 'mqtt';
import { phases } from '../../hal/contract/index.js';
import { isRefused, readEnvelope } from '../../ota/host/envelope.js';
import { toHex } from '../../ota/host/ids.js';
import type { DeviceDocument, FleetBody } from '../../ota/host/signed.js';
import { decodeBody, fleet as documents } from '../../sdk/wire/index.js';
import { topic } from './operator.js';

/** A device as it was last heard. */
export interface Seen {
  readonly name: string;
  readonly online: boolean;
  /** What it has committed, and the root document that it follows. */
  readonly number: number;
  readonly root: number;
}

/** A commit that a board has signed. */
interface Committed {
  readonly device: string;
  readonly number: number;
}

/** The parts that are heard, and the documents that lie there. */
const PARTS = { state: 'birth', online: 'presence', events: 'report' } as const satisfies Record<
  string,
  DeviceDocument
>;
const PATIENCE_MS = 60_000;

export class Onlooker {
  private readonly births = new Map<string, FleetBody<'birth'>>();
  private readonly presences = new Map<string, FleetBody<'presence'>>();
  /** Every commit, once for each time that a board has signed one. */
  private readonly commits = new Map<string, Committed>();
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly client: MqttClient) {}

  static async open(url: string, fleet: string): Promise<Onlooker> {
    const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 50 });
    const onlooker = new Onlooker(client);
    const parts = new Map(
      Object.entries(PARTS).map(([part, document]) => [
        topic(part as keyof typeof PARTS, fleet)
          .split('/')
          .at(-1) ?? '',
        document,
      ]),
    );
    client.on('error', () => undefined);
    client.on('message', (name, payload) => {
      const document = parts.get(name.split('/').at(-1) ?? '');
      if (document && payload.length > 0) onlooker.hear(document, new Uint8Array(payload));
      for (const look of [...onlooker.waiting]) look();
    });
    await client.subscribeAsync(
      (Object.keys(PARTS) as (keyof typeof PARTS)[]).map((part) => topic(part, fleet)),
      { qos: 1 },
    );
    return onlooker;
  }

  /** Names of the devices that have committed a bundle: as often as they have signed that they did. */
  commitsOf(number: number): string[] {
    return [...this.commits.values()]
      .filter((each) => each.number === number)
      .map(({ device }) => device)
      .sort();
  }

  /** The devices in the order of their names. */
  get seen(): readonly Seen[] {
    return [...this.births]
      .map(([device, { name, number, root }]) => ({
        name,
        number,
        root,
        online: this.presences.get(device)?.online === true,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Resolves when `holds` holds. */
  async until(holds: (seen: readonly Seen[]) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`after ${PATIENCE_MS} ms the devices are still ${JSON.stringify(this.seen)}`));
      }, PATIENCE_MS);
      const look = (): void => {
        if (!holds(this.seen)) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }

  private hear(kind: (typeof PARTS)[keyof typeof PARTS], bytes: Uint8Array): void {
    const envelope = readEnvelope(kind, bytes);
    if (isRefused(envelope)) return;
    if (kind === 'birth') {
      const birth = decodeBody(documents.birth, envelope.document);
      this.births.set(toHex(birth.device), birth);
    } else if (kind === 'presence') {
      const presence = decodeBody(documents.presence, envelope.document);
      const device = toHex(presence.device);
      const before = this.presences.get(device);
      // The last will of an earlier session may come after the next one has begun.
      const late = !presence.online && before?.online === true && toHex(before.nonce) !== toHex(presence.nonce);
      if (!late) this.presences.set(device, presence);
    } else {
      const { device, boot, counter, phase, number } = decodeBody(documents.report, envelope.document);
      if (phases[phase]?.name === 'committed')
        this.commits.set(`${toHex(device)}/${boot}/${counter}`, { device: toHex(device), number });
    }
  }
}
