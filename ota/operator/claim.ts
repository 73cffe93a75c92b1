/** A claim: what whoever pushes to a fleet says of himself. */

/** Who says that he pushes. */
export interface Claim {
  readonly operator: string;
  /** For people: user, host, since when. */
  readonly who: string;
  readonly since: string;
  /** The operator that this one takes over from. */
  readonly over?: string;
}

/** A claim is not signed: it keeps honest operators apart, and whoever can forge it can stop the broker as well. */
export function readClaim(payload: Uint8Array): Claim | undefined {
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
