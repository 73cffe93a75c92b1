/** Names that are made of ASCII letters, digits and the characters of `also`. */
const madeOf = (also: string) =>
  ({ also, pattern: new RegExp(`^[A-Za-z0-9${also.replace(/[\\\]^-]/g, '\\$&')}]+$`) }) as const;

/**
 * Every kind of name, and what it may be made of. How long it may be is said by the field that holds it. A name is
 * looked at where it enters, by the compiler, a board's or the host's check of a manifest, or the command line; whoever
 * has it then may make files, topics and lines of it.
 */
export const names = {
  /** Names a record of the store, and files of the host. */
  behaviour: madeOf('_-'),
  parameter: madeOf('_-'),
  /** With `/` between its parts. */
  topic: madeOf('_-./'),
  /** Canonical text of a unit: `V*m/s^2`. */
  unit: madeOf('*/^'),
  /** Fields of a message: `x:f32 degC,p:f32`. */
  schema: madeOf('_:, */^'),
  /** As a board file has it; a name that no board has is refused there. */
  resource: { pattern: /^[A-Za-z][A-Za-z0-9_-]{0,31}$/ },
  /** A part of the broker's topics. */
  fleet: { also: '._-', pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/ },
  /** A domain. It names files of the host. */
  owner: { pattern: /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/ },
  /** For people; several are written with commas between them. */
  device: { pattern: /^[^\p{C}\p{Z},][^\p{C},]*$/u },
} as const;

/** A kind of name that a manifest has. */
export type ManifestName = 'behaviour' | 'parameter' | 'topic' | 'unit' | 'schema';
