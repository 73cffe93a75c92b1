/** What a hostile broker and forgers do to a board, each attack by its name and with what the board must say of it. */
import { concat } from '../../ota/host/cbor.js';
import { makeBundleManifest, packBundle, signBundle } from '../../ota/host/bundle.js';
import type { Signer } from '../../ota/host/envelope.js';
import { fromHex } from '../../ota/host/ids.js';
import { packApp } from '../../ota/host/app.js';
import { type Root, signRoot } from '../../ota/host/root.js';
import { signFleet } from '../../ota/host/signed.js';
import { arm } from './hostile-apps.js';
import {
  type Answer,
  HEALTH_MS,
  NEXT,
  nextTime,
  NOW,
  OLD,
  PULSES,
  type Stage,
  START_S,
  type TopicName,
  type Victim,
} from './hostile-stage.js';
import { publication } from './hostile-broker.js';
import { Owner, signer } from './operator.js';

/** Everybody on the stage: `a` is attacked, `b` is another board of the same owner. */
export interface Scene {
  readonly stage: Stage;
  readonly a: Victim;
  readonly b: Victim;
}

export interface Attack {
  readonly name: string;
  readonly answer: Answer;
  act(scene: Scene): Promise<void>;
}

const mallory = signer();
const DAY_S = 86_400;

export const flip =
  (at: number, bit = 0) =>
  (bytes: Uint8Array): Uint8Array => {
    const index = at < 0 ? bytes.length + at : at;
    return bytes.map((byte, i) => (i === index ? byte ^ (1 << bit) : byte));
  };

/** Position of `part` in `bytes`. */
function find(bytes: Uint8Array, part: Uint8Array): number {
  const at = Buffer.from(bytes).indexOf(Buffer.from(part));
  if (at < 0) throw new Error('not there');
  return at;
}

const image = packApp({ class: 'virtual', modules: arm(PULSES[NEXT] ?? 0) });
type Input = Parameters<typeof makeBundleManifest>[0];
const input = (owner: Owner, more: Partial<Input> = {}): Input => ({
  image,
  vendor: owner.root.vendor,
  epoch: owner.root.epoch,
  number: NEXT,
  healthMs: HEALTH_MS,
  ...more,
});

/** A bundle that only differs from a right one in what `more` says and in who signed it. */
const bundle = (
  { stage: { owner } }: Scene,
  more: Partial<Input> = {},
  by: readonly Signer[] = [owner.keys.release],
): Uint8Array => packBundle(input(owner, more), by).bytes;

/** Topics of the whole fleet are for this board only: others are attacked in their own time. */
const publish = ({ stage, a }: Scene, where: TopicName, bytes: Uint8Array): Promise<void> =>
  where === 'root' || where === 'rootNext'
    ? stage.broker.raw(a.id, publication(a.topic(where), bytes))
    : stage.operator.publish(a.topic(where), bytes);

/** The broker has a right document and hands a changed one on. */
const tampered = (
  name: string,
  answer: Answer,
  where: TopicName,
  right: (scene: Scene) => Uint8Array,
  change: (bytes: Uint8Array) => Uint8Array,
): Attack => ({
  name: `tampers: ${name}`,
  answer,
  act: (scene) => scene.stage.tamper(scene.a, scene.a.topic(where), right(scene), change),
});

const delivered = (name: string, answer: Answer, where: TopicName, document: (scene: Scene) => Uint8Array): Attack => ({
  name,
  answer,
  act: (scene) => publish(scene, where, document(scene)),
});

/** A command that would move the servo; the board must not run it. */
function command(
  { stage, a }: Scene,
  {
    by = [stage.owner.keys.operator],
    device = a.birth.device,
    nonce = a.birth.nonce,
    counter = 0xf0000000,
  }: {
    readonly by?: readonly Signer[];
    readonly device?: Uint8Array;
    readonly nonce?: Uint8Array;
    readonly counter?: number;
  } = {},
): Uint8Array {
  return stage.operator.command(
    { ...a.birth, device, nonce },
    'param.set',
    { behaviour: 'arm', name: 'pulse', value: 2000 },
    by,
    counter,
  ).document;
}

const stops = ({ stage, a }: Scene, by: readonly Signer[]): Uint8Array =>
  stage.operator.command(a.birth, 'stop', { behaviour: 'arm' }, by, 0xf0000000).document;

type Beacon = Parameters<typeof signFleet<'beacon'>>[1];
export const beacon = (
  { stage, a }: Scene,
  more: Partial<Beacon> = {},
  by: readonly Signer[] = [stage.owner.keys.operator],
): Uint8Array => {
  const time = nextTime();
  return signFleet(
    'beacon',
    {
      device: a.birth.device,
      nonce: a.birth.nonce,
      epoch: stage.owner.root.epoch,
      number: NOW,
      time,
      expiry: time + DAY_S,
      ...more,
    },
    by,
  );
};

const rootAfter = (
  { stage: { owner } }: Scene,
  more: Partial<Root> = {},
  by: readonly Signer[] = [owner.keys.root],
): Uint8Array => signRoot({ ...owner.root, version: 2, ...more }, by);

const bundles: readonly Attack[] = [
  tampered('a bit of the app', 'rejected payload_digest', 'desired', bundle, flip(-1)),
  tampered('a bit of the manifest', 'rejected digest', 'desired', bundle, (bytes) =>
    flip(find(bytes, fromHex('81814100')))(bytes),
  ),
  tampered('a bit of the signature', 'rejected bad_signature', 'desired', bundle, (bytes) =>
    flip(find(bytes, fromHex('a0f65840')) + 8)(bytes),
  ),
  tampered('a bit of the key id', 'rejected unknown_key', 'desired', bundle, (bytes) =>
    flip(find(bytes, fromHex('a201320444')) + 6)(bytes),
  ),
  tampered('the algorithm', 'rejected algorithm', 'desired', bundle, (bytes) =>
    flip(find(bytes, fromHex('a201320444')) + 2)(bytes),
  ),
  tampered('the last byte is cut off', 'rejected truncated', 'desired', bundle, (bytes) => bytes.slice(0, -1)),
  tampered('a byte follows', 'rejected trailing', 'desired', bundle, (bytes) => concat(bytes, Uint8Array.of(0))),
  delivered('forges: a bundle that nobody signed', 'rejected unsigned', 'desired', (scene) => bundle(scene, {}, [])),
  delivered('forges: a bundle by a stranger', 'rejected unknown_key', 'desired', (scene) =>
    bundle(scene, {}, [mallory]),
  ),
  delivered('forges: a bundle by an operator, who may not release', 'rejected role', 'desired', (scene) =>
    bundle(scene, {}, [scene.stage.owner.keys.operator]),
  ),
  delivered(
    'forges: a bundle with one signature twice',
    'rejected duplicate_signer',
    'desired',
    ({ stage: { owner } }) => {
      const manifest = makeBundleManifest(input(owner));
      return signBundle(manifest, image, [owner.keys.release, owner.keys.release]).bytes;
    },
  ),
  delivered('mixes: the bundle of another owner', 'rejected wrong_vendor', 'desired', (scene) =>
    bundle(scene, { vendor: new Owner('others.example').root.vendor }),
  ),
  delivered('mixes: a bundle for the other board', 'rejected wrong_device', 'desired', (scene) =>
    bundle(scene, { device: scene.b.birth.device }),
  ),
  delivered('mixes: a bundle for another class of boards', 'rejected wrong_class', 'desired', (scene) =>
    bundle(scene, { image: packApp({ class: 'nucleo-h743zi', modules: arm(1300) }) }),
  ),
  delivered(
    'mixes: the manifest of one bundle with the app of another',
    'rejected payload_digest',
    'desired',
    (scene) => {
      const [right, other] = [bundle(scene), packApp({ class: 'virtual', modules: arm(1999) })];
      return concat(right.subarray(0, find(right, image)), other);
    },
  ),
  delivered('mixes: a root document where a bundle belongs', 'rejected profile', 'desired', (scene) =>
    rootAfter(scene),
  ),
  delivered('rolls back: the bundle before', 'rejected rollback', 'desired', ({ stage }) => stage.bundle(OLD)),
  delivered('equivocates: another bundle with the number that runs', 'rejected equivocation', 'desired', (scene) =>
    bundle(scene, { number: NOW }),
  ),
  delivered('fast-forwards: a number out of reach', 'rejected fast_forward', 'desired', (scene) =>
    bundle(scene, { number: NOW + 1025 }),
  ),
  delivered("fast-forwards: an epoch that is not the owner's", 'rejected epoch', 'desired', (scene) =>
    bundle(scene, { epoch: scene.stage.owner.root.epoch + 1 }),
  ),
  delivered('endless data: a bundle above every limit', 'refused too_long', 'desired', () => new Uint8Array(60_000)),
];

const commands: readonly Attack[] = [
  tampered('a bit of a command', 'refused digest', 'command', (scene) => command(scene), flip(-1)),
  tampered(
    "a bit of a command's signature",
    'refused bad_signature',
    'command',
    (scene) => command(scene),
    (bytes) => flip(find(bytes, fromHex('a0f65840')) + 8)(bytes),
  ),
  delivered('forges: a command by a stranger', 'refused unknown_key', 'command', (scene) =>
    command(scene, { by: [mallory] }),
  ),
  delivered('forges: a command by a release key, which may not operate', 'refused role', 'command', (scene) =>
    command(scene, { by: [scene.stage.owner.keys.release] }),
  ),
  delivered('forges: a command that nobody signed', 'refused unsigned', 'command', (scene) =>
    command(scene, { by: [] }),
  ),
  delivered('forges: stop, by a stranger', 'refused unknown_key', 'command', (scene) => stops(scene, [mallory])),
  delivered('forges: stop, by a release key', 'refused role', 'command', (scene) =>
    stops(scene, [scene.stage.owner.keys.release]),
  ),
  delivered('forges: a beacon where a command belongs', 'refused bad_signature', 'command', (scene) => beacon(scene)),
  delivered('mixes: a command for the other board', 'refused wrong_device', 'command', (scene) =>
    command(scene, { device: scene.b.birth.device, nonce: scene.b.birth.nonce }),
  ),
  delivered('mixes: a command in the session of the other board', 'refused nonce', 'command', (scene) =>
    command(scene, { nonce: scene.b.birth.nonce }),
  ),
  delivered('mixes: a bundle where a command belongs', 'refused profile', 'command', bundle),
  {
    name: 'replays: a command that was taken',
    answer: 'refused replay',
    act: async (scene) => {
      const { stage, a } = scene;
      const document = await stage.order(a, {
        behaviour: 'arm',
        name: 'pulse',
        value: await a.rig.paramGet('arm', 'pulse'),
      });
      await publish(scene, 'command', document);
    },
  },
  {
    name: 'replays: a command under a nonce of an earlier session',
    answer: 'refused nonce',
    act: async (scene) => {
      const old = command(scene);
      await reconnect(scene);
      await publish(scene, 'command', old);
    },
  },
];

/** Breaks the connection; resolves when the board is back with a new session. */
export async function reconnect({ stage, a }: Scene): Promise<void> {
  const before = Buffer.from(a.birth.nonce).toString('hex');
  stage.broker.cut(a.id);
  await stage.until('a new session', () => Buffer.from(a.birth.nonce).toString('hex') !== before);
}

const beacons: readonly Attack[] = [
  tampered('a bit of a beacon', 'refused digest', 'beacon', (scene) => beacon(scene), flip(-1)),
  delivered('forges: a beacon by a release key', 'refused role', 'beacon', (scene) =>
    beacon(scene, {}, [scene.stage.owner.keys.release]),
  ),
  delivered('forges: a beacon by a stranger', 'refused unknown_key', 'beacon', (scene) => beacon(scene, {}, [mallory])),
  delivered('mixes: a beacon for the other board', 'refused wrong_device', 'beacon', (scene) =>
    beacon(scene, { device: scene.b.birth.device }),
  ),
  delivered('mixes: a beacon that answers the other board', 'refused session', 'beacon', (scene) =>
    beacon(scene, { nonce: scene.b.birth.nonce }),
  ),
  delivered('replays: a beacon that was over when it was signed', 'refused expired', 'beacon', (scene) =>
    beacon(scene, { expiry: START_S }),
  ),
  {
    name: 'replays: an old beacon',
    answer: 'refused past',
    act: async (scene) => {
      const old = beacon(scene);
      await publish(scene, 'beacon', beacon(scene));
      await publish(scene, 'beacon', old);
    },
  },
  {
    name: 'replays: a beacon of an earlier session',
    answer: 'refused session',
    act: async (scene) => {
      const old = beacon(scene);
      await reconnect(scene);
      await publish(scene, 'beacon', old);
    },
  },
];

/** The next root document, as its owner would write it but for a bit of its signature. */
export const forgedRoot = (scene: Scene): Uint8Array => {
  const right = rootAfter(scene);
  return flip(find(right, fromHex('a0f65840')) + 8)(right);
};

const rootDocuments: readonly Attack[] = [
  tampered('a bit of a root document', 'refused digest', 'rootNext', (scene) => rootAfter(scene), flip(-1)),
  tampered(
    "a bit of a root document's signature",
    'refused bad_signature',
    'rootNext',
    (scene) => rootAfter(scene),
    (bytes) => flip(find(bytes, fromHex('a0f65840')) + 8)(bytes),
  ),
  delivered('forges: a root document by a stranger', 'refused unknown_key', 'rootNext', (scene) =>
    rootAfter(scene, {}, [mallory]),
  ),
  delivered('forges: a root document by a release key', 'refused role', 'rootNext', (scene) =>
    rootAfter(scene, {}, [scene.stage.owner.keys.release]),
  ),
  delivered(
    "forges: a root document with the stranger's keys, signed by him",
    'refused threshold',
    'rootNext',
    (scene) => {
      const keys = scene.stage.owner.root.keys.map((key) => ({
        ...key,
        publicKey: mallory.publicKey,
        roles: ['root', 'release', 'operator'] as const,
      }));
      return rootAfter(scene, { keys: keys.slice(0, 1) }, [mallory]);
    },
  ),
  delivered('equivocates: another root document with the version in force', 'refused root_version', 'root', (scene) =>
    rootAfter(scene, { version: 1, sequence: 2 }),
  ),
  delivered('withholds: the next root document, and brings the one after it', 'nothing', 'root', (scene) =>
    rootAfter(scene, { version: 3 }),
  ),
  delivered('mixes: the root document of another owner', 'refused wrong_vendor', 'rootNext', ({ stage: { owner } }) => {
    const other = new Owner('others.example');
    return signRoot({ ...owner.root, version: 2, vendor: other.root.vendor, owner: other.domain }, [owner.keys.root]);
  }),
  delivered('mixes: a command where a root document belongs', 'refused profile', 'rootNext', (scene) => command(scene)),
];

/** Attacks that need nothing but a document at the wrong place or time. */
export const attacks: readonly Attack[] = [...bundles, ...commands, ...beacons, ...rootDocuments];
