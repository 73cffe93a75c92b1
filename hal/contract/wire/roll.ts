/** The roll of a fleet: which devices are enrolled in it. Operators sign and read it; boards take no notice. */

/** Keys of the roll's body. */
export const roll = [
  { key: 1, name: 'format', type: 'u8', doc: 'format of the document, 1' },
  { key: 2, name: 'version', type: 'u32', doc: 'number of the document, from 1; a higher one replaces a lower one' },
  { key: 3, name: 'vendor', type: 'bytes', max: 16, doc: 'vendor id of the owner' },
  { key: 4, name: 'fleet', type: 'text', max: 32, doc: 'name of the fleet' },
  { key: 5, name: 'time', type: 'i64', unit: 's', doc: 'when it was signed, seconds since 1970' },
  {
    key: 6,
    name: 'devices',
    type: 'devices',
    doc:
      "rows `[public key, row of rollStates, class, name]` in ascending order of the devices' public keys; no two " +
      'enrolled devices have one name',
  },
] as const;

/**
 * Most that the version of a roll may be ahead of the one in force. Nobody signs so many, and an operator who is sent
 * away can't leave the last version there is, after which nobody else signs one.
 */
export const rollAhead = 1_000_000;

/** What a roll says of a device; one that isn't in it is unknown. */
export const rollStates = [
  { name: 'enrolled', doc: 'it belongs to the fleet' },
  { name: 'revoked', doc: 'its key is not to be believed any more, and is never enrolled again' },
] as const;
export type RollState = (typeof rollStates)[number]['name'];

/**
 * Keys of the body of a log's head: what an operator's log of a fleet has come to, so that a log that is cut or written
 * anew is noticed. Signed by a key of the root document, whatever its role.
 */
export const logHead = [
  { key: 1, name: 'format', type: 'u8', doc: 'format of the document, 1' },
  { key: 2, name: 'vendor', type: 'bytes', max: 16, doc: 'vendor id of the owner' },
  { key: 3, name: 'fleet', type: 'text', max: 32, doc: 'name of the fleet' },
  { key: 4, name: 'operator', type: 'text', max: 32, doc: 'name of the log' },
  { key: 5, name: 'lines', type: 'u32', doc: 'lines of the log' },
  { key: 6, name: 'hash', type: 'bytes', max: 32, doc: 'SHA-256 of the last one' },
  { key: 7, name: 'time', type: 'i64', unit: 's', doc: 'when it was signed, seconds since 1970' },
] as const;
