/** Who is who in the vectors: keys made of one repeated byte, the owners' root documents, boards, and apps. */
import virtual from '../../../boards/virtual.json' with { type: 'json' };
import { calls } from '../../../hal/contract/index.js';
import { paceOf } from '../../../sdk/timing/index.js';
import { packApp, unpackApp } from '../app.js';
import { publicKey } from '../ed25519.js';
import type { Signer } from '../envelope.js';
import { deviceId, fromHex, vendorId } from '../ids.js';
import { callBitmap } from '../request.js';
import { makeRoot, type Root, type RoleName, signRoot } from '../root.js';
import type { DeviceState } from '../verify.js';

const key = (byte: number): Signer => {
  const seed = new Uint8Array(32).fill(byte);
  return { seed, publicKey: publicKey(seed) };
};

/**
 * Alice, Bob and Carol release; Olga operates; Nadia compiles native code too; Mallory belongs to nobody; D are
 * devices.
 */
export const keys = {
  alice: key(1),
  bob: key(2),
  carol: key(3),
  olga: key(4),
  nadia: key(5),
  mallory: key(6),
  device: key(16),
  otherDevice: key(17),
} as const;
export type KeyName = keyof typeof keys;

const OWNER = 'robots.example';
export const VENDOR = vendorId(OWNER);
export const OTHER_VENDOR = vendorId('others.example');
export const DEVICE_ID = deviceId(VENDOR, keys.device.publicKey);

type Members = Readonly<Partial<Record<KeyName, readonly RoleName[]>>>;

/** A root document of these keys with one threshold for root and release. */
export function rootOf(
  members: Members,
  threshold: number,
  more: Partial<Pick<Root, 'version' | 'epoch' | 'sequence' | 'owner'>> = {},
): Root {
  const list = Object.entries(members).map(([name, roles]) => ({
    publicKey: keys[name as KeyName].publicKey,
    roles,
    name,
  }));
  const holders = (role: RoleName): boolean => list.some(({ roles }) => roles.includes(role));
  const one = (role: RoleName): number => (holders(role) ? 1 : 0);
  return makeRoot({
    version: 1,
    epoch: 0,
    sequence: 0,
    owner: OWNER,
    ...more,
    thresholds: { root: threshold, release: threshold, operator: one('operator'), aot: one('aot'), dev: one('dev') },
    keys: list,
  });
}

const both: readonly RoleName[] = ['root', 'release'];
export const roots = {
  one: rootOf({ alice: both, olga: ['operator'] }, 1),
  three: rootOf({ alice: both, bob: both, carol: both, olga: ['operator'], nadia: ['release', 'aot'] }, 2),
  later: rootOf({ alice: both, olga: ['operator'] }, 1, { version: 2, epoch: 1, sequence: 100 }),
} as const satisfies Record<string, Root>;
export type RootName = keyof typeof roots;

/** The documents that boards get, signed. */
export const rootDocuments: Readonly<Record<RootName, Uint8Array>> = {
  one: signRoot(roots.one, [keys.alice]),
  three: signRoot(roots.three, [keys.alice, keys.bob]),
  later: signRoot(roots.later, [keys.alice]),
};

const app = (hex: string): Uint8Array => packApp({ class: 'virtual', modules: [fromHex(hex)] });

/** App images of examples/blink, examples/kalman and examples/topic, built for the virtual board. */
export const images = {
  blink: app(
    '0061736d01000000010a0260017f0060027f7f0002070101740131000003020101070501017200010a0d010b0020000440410010000b0b00290174a6' +
      '00020165626c696e6b02810103818201634c4544048182001a0007a1200786184c0002000401',
  ),
  kalman: app(
    '0061736d0100000001140460027f7f017f60017d0060017f0060027f7f00021303017401320000017401330001017401340002030201030626057d01' +
      '430ad7233c0b7d01430000003f0b7d0143000000000b7d01430000803f0b7f0141000b070501017200030a66016402017d017f200004404100410010' +
      '0022034180807e4804402304230441ffff03476a24040f0b230323009224032302230323032301929522022003b2430000003c942302939492240223' +
      '03430000803f2002939424032302100123031001410110020b0b0087010174a7000201626b6602830203040384840664493243311848190190840a64' +
      '6b662f78186470783a66333220646567432c703a663332860c61710004f90000f93c00860c61720104fa3a83126ff94900048182001927100685821a' +
      'fbabb7bf00821ad85b14b301831a4c76cbf70201821a54b4e5ed03821a19fb33d20407861860000200182904',
  ),
  topic: fromHex(
    '82677669727475616c8258c00061736d0100000001140460027f7f017f60017d0060017f0060027f7f00021303017401320000017401330001017401' +
      '34000203020103070501017200030a29012701017f2000044041004100100022024180807e480d012002b2430000003c941001410110020b0b005501' +
      '74a70002016b746865726d6f6d6574657202830203040382830664493243311849840a70726f6f6d2f74656d7065726174757265146a743a66333220' +
      '64656743048182001a000186a0078618540002001003080159010a0061736d0100000001100360027f7e0060027f7f0060017f017d02130301740136' +
      '0000017401370001017401610002030201010609017d01430000f0410b070501017200030a5301510020004504404100428089fa0010000520004100' +
      '4e04404100428089fa0010004100100223005e0440410041011001054100100223004300000040935d04404100410010010b0b054100410110010b0b' +
      '0b006e0174a80002016366616e028306070a03848301644c45443201820900830b70726f6f6d2f74656d70657261747572656a743a66333220646567' +
      '43870c686f6e5f61626f76650004f90000f953806464656743048182020205010681821a100f076100078818540006011819040a01',
  ),
} as const;

/** More than fits an envelope: the app has a module with a custom section that nobody reads. */
export const largeImage = (): Uint8Array => {
  const module = unpackApp(images.blink).modules[0] as Uint8Array;
  const PADDING = 9000;
  // Custom section: id 0, size as LEB128 in two bytes, a name of one byte, then zeros.
  const section = new Uint8Array(3 + PADDING);
  section.set([0, (PADDING & 0x7f) | 0x80, PADDING >> 7, 1, 0x78]);
  return packApp({ class: 'virtual', modules: [new Uint8Array([...module, ...section])] });
};

/** A board as bundles see it, with a root document by its name. */
export type VectorBoard = Omit<DeviceState, 'root'> & { readonly root?: RootName };

const fresh = {
  class: 'virtual',
  publicKey: keys.device.publicKey,
  calls: callBitmap(calls.map(({ id }) => id)),
  pace: paceOf(virtual),
} as const;

export const boards = {
  fresh: { ...fresh, root: 'one' },
  open: fresh,
  strict: { ...fresh, root: 'three' },
  later: { ...fresh, root: 'later' },
  engine: { ...fresh, root: 'three', engine: fromHex('a0a1a2a3') },
  other: { ...fresh, root: 'one', publicKey: keys.otherDevice.publicKey },
  poor: { ...fresh, root: 'one', calls: callBitmap(calls.map(({ id }) => id).filter((id) => id !== 2)) },
} as const satisfies Record<string, VectorBoard>;

export const boardOf = ({ root, ...rest }: VectorBoard): DeviceState => ({
  ...rest,
  ...(root && { root: roots[root] }),
});
