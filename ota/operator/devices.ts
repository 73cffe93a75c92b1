/**
 * What an operator knows of the devices of a fleet, from what they signed. Nothing else is believed: a document with a
 * wrong signature, under another device's topic, or older than one that was seen is dropped and named.
 */
import { type ErrorName, phases } from '../../hal/contract/index.js';
import { isRefused } from '../host/envelope.js';
import { toHex } from '../host/ids.js';
import { type DeviceDocument, type FleetBody, verifyDevice } from '../host/signed.js';

export type Birth = FleetBody<'birth'>;
export type Report = FleetBody<'report'>;

/** Place of a document in the order in which a device signed: its boot, and its number since then. */
export interface Mark {
  readonly boot: number;
  readonly counter: number;
}

export interface Device {
  /** Device id, hexadecimal. */
  readonly id: string;
  readonly birth: Birth;
  /** False: its connection is gone, or it never said anything about it. */
  readonly online: boolean;
  /** Last report that counted. */
  readonly report?: Mark;
}

/** Why a document was dropped. `duplicate`: it was seen before, which is no fault. */
export interface Dropped {
  readonly device: string;
  readonly document: DeviceDocument;
  readonly error: ErrorName | 'duplicate';
  readonly why: string;
}

export type Taken =
  | { readonly kind: 'birth'; readonly device: Device }
  | { readonly kind: 'presence'; readonly device: Device }
  | { readonly kind: 'report'; readonly device: Device; readonly report: Report }
  | { readonly kind: 'reply'; readonly device: Device; readonly reply: FleetBody<'reply'> }
  | { readonly kind: 'dropped'; readonly dropped: Dropped };

const order = (a: Mark, b: Mark): number => a.boot - b.boot || a.counter - b.counter;

/** The devices of one owner in one fleet. */
export class Devices {
  private readonly known = new Map<string, Device>();
  /** Presence that came before the birth that it belongs to. */
  private readonly early = new Map<string, Uint8Array>();
  private readonly reports = new Set<string>();
  private readonly vendor: Uint8Array;

  constructor(vendor: Uint8Array) {
    this.vendor = vendor;
  }

  /** All of them, sorted by name. */
  list(): readonly Device[] {
    return [...this.known.values()].sort((a, b) =>
      a.birth.name === b.birth.name ? (a.id < b.id ? -1 : 1) : a.birth.name < b.birth.name ? -1 : 1,
    );
  }

  get(id: string): Device | undefined {
    return this.known.get(id);
  }

  /** Takes over what an earlier run has seen, so that nothing old counts again. */
  restore(id: string, birth: Birth, report: Mark | undefined, reports: readonly string[]): void {
    this.known.set(id, { id, birth, online: false, ...(report && { report }) });
    for (const each of reports) this.reports.add(each);
  }

  /** Takes a document that came under the topic of device `id`. */
  take(document: DeviceDocument, id: string, bytes: Uint8Array): Taken {
    if (document === 'birth') return this.birth(id, bytes);
    const device = this.known.get(id);
    if (document === 'presence' && !device) this.early.set(id, bytes);
    const body = verifyDevice(document, bytes, { vendor: this.vendor, ...(device && { publicKey: device.birth.key }) });
    if (isRefused(body)) return this.drop(document, id, body.error, body.why);
    if (!device || toHex(body.device) !== id)
      return this.drop(document, id, 'wrong_device', `${toHex(body.device)} under the topic of ${id}`);
    if (document === 'presence') return this.presence(device, body as FleetBody<'presence'>, bytes);
    if (document === 'reply') return { kind: 'reply', device, reply: body as FleetBody<'reply'> };
    return this.report(device, body as Report);
  }

  private birth(id: string, bytes: Uint8Array): Taken {
    const birth = verifyDevice('birth', bytes, { vendor: this.vendor });
    if (isRefused(birth)) return this.drop('birth', id, birth.error, birth.why);
    if (toHex(birth.device) !== id)
      return this.drop('birth', id, 'wrong_device', `${toHex(birth.device)} under the topic of ${id}`);
    const before = this.known.get(id);
    const newer = before ? order(birth, before.birth) : 1;
    if (before && newer < 0)
      return this.drop(
        'birth',
        id,
        'replay',
        `document ${birth.boot}.${birth.counter} after ${before.birth.boot}.${before.birth.counter}`,
      );
    if (before && newer === 0 && before.online) return this.drop('birth', id, 'duplicate', 'seen before');
    // A new session was not seen on line yet, whatever was said about the one before.
    const same = before !== undefined && sameSession(before.birth, birth);
    const device: Device = {
      id,
      birth,
      online: same && before.online,
      ...(before?.report && { report: before.report }),
    };
    this.known.set(id, device);
    const waiting = this.early.get(id);
    this.early.delete(id);
    if (waiting) this.take('presence', id, waiting);
    return { kind: 'birth', device: this.known.get(id) ?? device };
  }

  private presence(device: Device, { boot, nonce, online }: FleetBody<'presence'>, bytes: Uint8Array): Taken {
    if (!sameSession(device.birth, { boot, nonce })) {
      // It may belong to a birth that is still on its way.
      if (boot >= device.birth.boot) this.early.set(device.id, bytes);
      return this.drop('presence', device.id, 'session', 'of another session than its birth');
    }
    const now = { ...device, online };
    this.known.set(device.id, now);
    return { kind: 'presence', device: now };
  }

  private report(device: Device, report: Report): Taken {
    const key = reportKey(device.id, report);
    if (this.reports.has(key)) return this.drop('report', device.id, 'duplicate', key);
    const { boot, counter } = report;
    if (device.report && order(report, device.report) <= 0)
      return this.drop(
        'report',
        device.id,
        'replay',
        `report ${boot}.${counter} after ${device.report.boot}.${device.report.counter}`,
      );
    this.reports.add(key);
    const now = { ...device, report: { boot, counter } };
    this.known.set(device.id, now);
    return { kind: 'report', device: now, report };
  }

  private drop(document: DeviceDocument, device: string, error: Dropped['error'], why: string): Taken {
    return { kind: 'dropped', dropped: { device, document, error, why } };
  }
}

const sameSession = (
  a: { readonly boot: number; readonly nonce: Uint8Array },
  b: { readonly boot: number; readonly nonce: Uint8Array },
): boolean => a.boot === b.boot && toHex(a.nonce) === toHex(b.nonce);

/**
 * What makes two reports the same step. The reasons of refusals and failed attempts may differ each time, so those
 * count by their place in the order, not by their phase.
 */
export function reportKey(id: string, { bundle, attempt, phase, boot, counter }: Report): string {
  const repeats = phase >= FIRST_REPEATED;
  return [id, toHex(bundle), attempt, phase, ...(repeats ? [boot, counter] : [])].join('/');
}

/** Phases `rejected`, `refused` and `failed` may come more than once for one attempt. */
const FIRST_REPEATED = phases.findIndex(({ name }) => name === 'rejected');
