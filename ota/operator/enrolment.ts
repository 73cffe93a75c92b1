/**
 * Who belongs to a fleet: the roll that operators signed, and what was decided on this machine and isn't signed yet.
 * Whoever isn't enrolled counts for nothing.
 */
import type { RollState } from '../../hal/contract/index.js';
import { sameBytes } from '../host/cbor.js';
import { isRefused, type Refused, type Signer } from '../host/envelope.js';
import { deviceId, toHex } from '../host/ids.js';
import {
  isDeviceName,
  type Roll,
  type RollRow,
  signRoll,
  sortRows,
  type TrustedRoll,
  verifyRoll,
} from '../host/roll.js';
import type { Root } from '../host/root.js';

/** What a device is to its operator: what it says of itself changes none of it. */
export interface Member {
  /** Device id, hexadecimal. */
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly class: string;
}

/** What was decided here and isn't in the roll yet. */
export interface Pending {
  readonly enrol: readonly Omit<RollRow, 'state'>[];
  /** Public keys. */
  readonly forget: readonly Uint8Array[];
  readonly revoke: readonly Uint8Array[];
}

export const nothingPending: Pending = { enrol: [], forget: [], revoke: [] };

const has = (keys: readonly Uint8Array[], key: Uint8Array): boolean => keys.some((each) => sameBytes(each, key));

/** What of it a roll doesn't say yet. A key that the roll revokes is never enrolled again. */
export function stillPending({ enrol, forget, revoke }: Pending, rows: readonly RollRow[]): Pending {
  const state = (key: Uint8Array): RollState | undefined =>
    rows.find(({ publicKey }) => sameBytes(publicKey, key))?.state;
  return {
    enrol: enrol.filter(({ publicKey }) => state(publicKey) === undefined),
    forget: forget.filter((key) => state(key) === 'enrolled'),
    revoke: revoke.filter((key) => state(key) !== 'revoked'),
  };
}

/** The rows of a roll with what is pending. A name that is taken gets the beginning of the device id behind it. */
function amend(rows: readonly RollRow[], pending: Pending, vendor: Uint8Array): readonly RollRow[] {
  const { enrol, forget, revoke } = stillPending(pending, rows);
  const stay = rows.filter(({ publicKey }) => !has(forget, publicKey));
  const names = new Set(stay.filter(({ state }) => state === 'enrolled').map(({ name }) => name));
  const added = enrol.map((row): RollRow => {
    const suffix = toHex(deviceId(vendor, row.publicKey)).slice(0, 4);
    const wanted = isDeviceName(row.name) ? row.name : `device-${suffix}`;
    const name = names.has(wanted) ? `${wanted.slice(0, 20)}-${suffix}` : wanted;
    names.add(name);
    return { ...row, name, state: 'enrolled' };
  });
  const all = [...stay, ...added];
  const gone = revoke
    .filter((key) => !all.some(({ publicKey }) => sameBytes(publicKey, key)))
    .map((publicKey): RollRow => ({ publicKey, state: 'revoked', class: '', name: 'revoked' }));
  return sortRows([
    ...all.map((row): RollRow => (has(revoke, row.publicKey) ? { ...row, state: 'revoked' } : row)),
    ...gone,
  ]);
}

export class Enrolment {
  private members = new Map<string, Member>();
  private revoked = new Set<string>();
  private accepted: TrustedRoll | undefined;
  private left: Pending;
  private readonly root: Root;
  private readonly fleet: string;

  /** `kept`: the roll that this machine has accepted before. */
  constructor(
    root: Root,
    fleet: string,
    { kept, pending = nothingPending }: { kept?: TrustedRoll | undefined; pending?: Pending },
  ) {
    this.root = root;
    this.fleet = fleet;
    this.accepted = kept;
    this.left = pending;
    this.build();
  }

  /** The device, if it is enrolled. */
  get(id: string): Member | undefined {
    return this.members.get(id);
  }

  isRevoked(id: string): boolean {
    return this.revoked.has(id);
  }

  list(): readonly Member[] {
    return [...this.members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The roll in force; undefined: none was ever signed. */
  get roll(): TrustedRoll | undefined {
    return this.accepted;
  }

  /** What a next roll would have to say. */
  get pending(): Pending {
    return this.left;
  }

  /** True if there is something to sign. */
  get isPending(): boolean {
    return this.left.enrol.length + this.left.forget.length + this.left.revoke.length > 0;
  }

  /** Takes a roll; true if it is another one than before. What is older, or of another fleet, is refused. */
  take(bytes: Uint8Array): boolean | Refused {
    if (this.accepted && sameBytes(this.accepted.bytes, bytes)) return false;
    const roll = verifyRoll(bytes, { root: this.root, fleet: this.fleet, old: this.accepted });
    if (isRefused(roll)) return roll;
    this.accepted = roll;
    this.build();
    return true;
  }

  /** Adds decisions to those that wait for a signature. */
  decide(pending: Pending): void {
    const mine =
      (keys: readonly Uint8Array[]) =>
      (key: Uint8Array): boolean =>
        !has(keys, key);
    const { enrol, forget, revoke } = this.left;
    const undone = [...pending.forget, ...pending.revoke];
    const stay = enrol.filter(({ publicKey }) => mine(undone)(publicKey));
    // Whoever is provisioned twice keeps the name that it has.
    const known = stay.map(({ publicKey }) => publicKey);
    this.left = {
      enrol: [...stay, ...pending.enrol.filter(({ publicKey }) => mine(known)(publicKey))],
      forget: [...forget.filter(mine(pending.enrol.map(({ publicKey }) => publicKey))), ...pending.forget],
      revoke: [...revoke, ...pending.revoke],
    };
    this.build();
  }

  /** Signs the next roll, and takes it. */
  sign(signers: readonly Signer[], timeS: number): TrustedRoll {
    const { vendor } = this.root;
    const roll: Roll = {
      version: (this.accepted?.roll.version ?? 0) + 1,
      vendor,
      fleet: this.fleet,
      timeS,
      devices: amend(this.accepted?.roll.devices ?? [], this.left, vendor),
    };
    const taken = this.take(signRoll(roll, signers));
    if (taken !== true) throw new Error(`the roll that was signed is refused: ${JSON.stringify(taken)}`);
    return this.accepted as TrustedRoll;
  }

  private build(): void {
    const { vendor } = this.root;
    const rows = this.accepted?.roll.devices ?? [];
    this.left = stillPending(this.left, rows);
    this.members = new Map();
    this.revoked = new Set();
    for (const { publicKey, state, name, class: boardClass } of amend(rows, this.left, vendor)) {
      const id = toHex(deviceId(vendor, publicKey));
      if (state === 'revoked') this.revoked.add(id);
      else this.members.set(id, { id, publicKey, name, class: boardClass });
    }
  }
}
