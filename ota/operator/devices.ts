/**
 * What an operator knows of the devices of a fleet, from what they signed. Nothing else is believed: a document with a
 * wrong signature, under another device's topic, or older than one that was seen is dropped and named. What a device
 * says is data about that device only, and whoever isn't enrolled is a stranger, who counts for nothing.
 */
import { type ErrorName, phases } from '../../hal/contract/index.js';
import { isRefused } from '../host/envelope.js';
import { sha256, toHex } from '../host/ids.js';
import { type DeviceDocument, type FleetBody, verifyDevice } from '../host/signed.js';
import type { Enrolment, Member } from './enrolment.js';

export type Birth = FleetBody<'birth'>;
export type Report = FleetBody<'report'>;

/** Place of a document in the order in which a device signed: its boot, and its number since then. */
export interface Mark {
  readonly boot: number;
  readonly counter: number;
}

export interface Device extends Member {
  readonly birth: Birth;
  /** False: its connection is gone, or it never said anything about it. */
  readonly online: boolean;
  /** Last report that counted. */
  readonly report?: Mark;
}

/** A device that isn't enrolled. */
export interface Stranger {
  readonly id: string;
  readonly revoked: boolean;
  readonly birth: Birth;
}

/** Why a document was dropped. `duplicate`: it was seen before, which is no fault. */
export interface Dropped {
  readonly device: string;
  readonly document: DeviceDocument;
  readonly error: ErrorName | 'duplicate' | 'twin';
  readonly why: string;
}

export type Taken =
  | { readonly kind: 'birth'; readonly device: Device }
  | { readonly kind: 'presence'; readonly device: Device }
  | { readonly kind: 'report'; readonly device: Device; readonly report: Report; readonly forgotten: readonly string[] }
  | { readonly kind: 'reply'; readonly device: Device; readonly reply: FleetBody<'reply'> }
  | { readonly kind: 'stranger'; readonly id: string }
  | { readonly kind: 'dropped'; readonly dropped: Dropped };

const order = (a: Mark, b: Mark): number => a.boot - b.boot || a.counter - b.counter;

/** Most strangers that are remembered; the signatures of more are not even checked. */
export const STRANGERS_MAX = 64;
/** Most reports of a device that are remembered, and most places in its order. */
const REPORTS_MAX = 256;
const MARKS_MAX = 64;

/** The devices of one owner in one fleet. */
export class Devices {
  private readonly known = new Map<string, Device>();
  /** Presence that came before the birth that it belongs to. */
  private readonly early = new Map<string, Uint8Array>();
  private readonly reports = new Map<string, Set<string>>();
  /** Digests of the newest documents of each device, by their places in its order. */
  private readonly marks = new Map<string, Map<string, string>>();
  private readonly others = new Map<string, Stranger>();
  private more = false;
  private readonly vendor: Uint8Array;
  private readonly enrolment: Enrolment;

  constructor(vendor: Uint8Array, enrolment: Enrolment) {
    this.vendor = vendor;
    this.enrolment = enrolment;
  }

  /** Those that are enrolled and were ever heard, sorted by name. */
  list(): readonly Device[] {
    return [...this.known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(id: string): Device | undefined {
    return this.known.get(id);
  }

  /** Those that aren't enrolled, at most STRANGERS_MAX; `more`: there were others. */
  strangers(): { readonly list: readonly Stranger[]; readonly more: boolean } {
    return { list: [...this.others.values()], more: this.more };
  }

  /** The roll has changed: what was believed of those who left is forgotten. */
  enrolled(): void {
    this.others.clear();
    this.more = false;
    for (const [id, device] of this.known) {
      const member = this.enrolment.get(id);
      if (member) this.known.set(id, { ...device, ...member });
      else this.known.delete(id);
    }
  }

  /** Takes over what an earlier run has seen, so that nothing old counts again; `bytes` is the birth as it came. */
  restore(id: string, birth: Birth, bytes: Uint8Array, report: Mark | undefined, reports: readonly string[]): void {
    const member = this.enrolment.get(id);
    if (!member) return;
    this.twin('birth', id, birth, bytes);
    this.known.set(id, { ...member, birth, online: false, ...(report && { report }) });
    this.reports.set(id, new Set(reports.filter((key) => key.startsWith(`${id}/`))));
  }

  /** Takes a document that came under the topic of device `id`. */
  take(document: DeviceDocument, id: string, bytes: Uint8Array): Taken {
    const member = this.enrolment.get(id);
    if (!member) return this.stranger(document, id, bytes);
    const device = this.known.get(id);
    if (document === 'presence' && !device) this.early.set(id, bytes);
    const body = verifyDevice(document, bytes, { vendor: this.vendor, publicKey: member.publicKey });
    if (isRefused(body)) return this.drop(document, id, body.error, body.why);
    if (toHex(body.device) !== id)
      return this.drop(document, id, 'wrong_device', `${toHex(body.device)} under the topic of ${id}`);
    const twin = 'counter' in body ? this.twin(document, id, body, bytes) : undefined;
    if (twin) return twin;
    if (document === 'birth') return this.birth(member, body as Birth);
    if (!device) return this.drop(document, id, 'unknown_key', 'no birth of it is known');
    if (document === 'presence') return this.presence(device, body as FleetBody<'presence'>, bytes);
    if (document === 'reply') return { kind: 'reply', device, reply: body as FleetBody<'reply'> };
    return this.report(device, body as Report);
  }

  /** Who isn't enrolled is shown as far as it proves itself, and forgotten when the program ends. */
  private stranger(document: DeviceDocument, id: string, bytes: Uint8Array): Taken {
    if (document === 'birth' && !this.others.has(id)) {
      if (this.others.size >= STRANGERS_MAX) this.more = true;
      else {
        const birth = verifyDevice('birth', bytes, { vendor: this.vendor });
        if (!isRefused(birth) && toHex(birth.device) === id)
          this.others.set(id, { id, birth, revoked: this.enrolment.isRevoked(id) });
      }
    }
    return { kind: 'stranger', id };
  }

  /** One device never signs two documents for one place in its order: whoever does is two. */
  private twin(document: DeviceDocument, id: string, { boot, counter }: Mark, bytes: Uint8Array): Taken | undefined {
    const marks = this.marks.get(id) ?? new Map<string, string>();
    this.marks.set(id, marks);
    const [place, digest] = [`${boot}.${counter}`, toHex(sha256(bytes))];
    const before = marks.get(place);
    if (before !== undefined && before !== digest)
      return this.drop(document, id, 'twin', `two documents ${place}: two boards have the key of this device`);
    marks.set(place, digest);
    for (const oldest of marks.size > MARKS_MAX ? [...marks.keys()].slice(0, 1) : []) marks.delete(oldest);
    return undefined;
  }

  private birth(member: Member, birth: Birth): Taken {
    const { id } = member;
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
      ...member,
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
    const seen = this.reports.get(device.id) ?? new Set<string>();
    if (seen.has(key)) return this.drop('report', device.id, 'duplicate', key);
    const { boot, counter } = report;
    if (device.report && order(report, device.report) <= 0)
      return this.drop(
        'report',
        device.id,
        'replay',
        `report ${boot}.${counter} after ${device.report.boot}.${device.report.counter}`,
      );
    this.reports.set(device.id, seen.add(key));
    const forgotten = seen.size > REPORTS_MAX ? [...seen].slice(0, 1) : [];
    for (const oldest of forgotten) seen.delete(oldest);
    const now = { ...device, report: { boot, counter } };
    this.known.set(device.id, now);
    return { kind: 'report', device: now, report, forgotten };
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
