/** The root document: roles of keys, and the fields of the document's body. */

/** Roles of a key: bit `1 << row`. The thresholds of a root document stand in this order. */
export const roles = [
  { name: 'root', doc: 'signs root documents' },
  { name: 'release', doc: 'signs bundles' },
  { name: 'operator', doc: 'signs commands: start, stop, set a parameter' },
  { name: 'aot', doc: 'signs bundles with native code, beside release' },
  {
    name: 'dev',
    doc:
      'signs apps that run from RAM and are gone after a reset; their numbers are not looked at, so a key ' +
      'with release as well lets anybody at the port run its old bundles until then',
  },
] as const;

/** Name of a role. */
export type Role = (typeof roles)[number]['name'];

/** Keys of a root document's body. */
export const root = [
  { key: 1, name: 'format', type: 'u8', doc: 'format of the document, 1' },
  { key: 2, name: 'version', type: 'u32', doc: 'number of the document, from 1; the next one has exactly one more' },
  {
    key: 3,
    name: 'epoch',
    type: 'u16',
    doc: 'epoch of bundles; the next document has the same, or one more: then sequence numbers start again',
  },
  {
    key: 4,
    name: 'sequence',
    type: 'u32',
    doc: 'bundles below this number are refused; the bound on jumps counts from here',
  },
  { key: 5, name: 'vendor', type: 'bytes', max: 16, doc: 'vendor id of the owner' },
  { key: 6, name: 'owner', type: 'text', max: 64, doc: 'domain of the owner, from which the vendor id is made' },
  {
    key: 7,
    name: 'thresholds',
    type: 'u8s',
    max: 5,
    doc: 'for each role how many of its keys must sign; 0 exactly for a role without keys; root and release have keys',
  },
  {
    key: 8,
    name: 'keys',
    type: 'keys',
    max: 8,
    doc: 'rows `[public key, roles, name]` in ascending order of the public keys, no two with the same first 4 bytes',
  },
  {
    key: 9,
    name: 'time',
    type: 'u32',
    optional: true,
    doc:
      'seconds since 1970; may be absent. A board that replaces another document by this one takes it for the newest ' +
      'signed time, even if it has seen a later one: the way back after something was signed with a wrong clock',
  },
] as const;
