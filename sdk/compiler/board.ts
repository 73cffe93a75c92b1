/** What the compiler needs of a board file; the whole schema is boards/board.schema.json. */
export interface Board {
  readonly name: string;
  /** The board class that an app is built for. */
  readonly class: string;
  /** Groups of host calls that its firmware has: names of the contract's `groups`. */
  readonly calls: readonly string[];
  /** Bytes of an address on it, 4 or 8, on which it depends what its engine needs. */
  readonly pointer?: number | undefined;
  /** The least that it takes; absent where any is taken. */
  readonly floors?: { readonly periodUs: number } | undefined;
  /** What the board offers, by the board's own names. */
  readonly resources: Readonly<Record<string, Resource>>;
}

/** One pin, channel or bus. `maxKHz` is the fastest clock of a bus. */
export interface Resource {
  readonly type: string;
  readonly maxKHz?: number | undefined;
}
