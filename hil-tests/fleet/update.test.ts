/**
 * Updates through a real broker: with the payload inside, detached, interrupted, tampered with, and new root documents.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { uploads } from '../../hal/contract/index.js';
import { moduleDigest, packApp } from '../../ota/host/app.js';
import { requestsOf } from '../../ota/host/bundle.js';
import { grantFor } from '../../ota/host/grant.js';
import { toHex } from '../../ota/host/ids.js';
import type { FleetBody } from '../../ota/host/signed.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { faulting, large } from '../acceptance/modules.js';
import type { BoardRig } from '../board-rig.js';
import { tars } from '../program.js';
import { description, openBoard, provision } from './board.js';
import { Cutter } from './cutter.js';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { errorName, Operator, Owner, phaseName, serveBlobs, signer, topic } from './operator.js';

const FLEET = 'line1';
const { wires } = description;
/** Periods of a second and a bit: what a loaded computer skips of shorter ones in the window looks like a bad app. */
const blink = (version: number): Uint8Array =>
  tars(`behaviour blink
  use led: gpio.out = pin("${wires['led2']}")
  every ${1000 + version}ms { led.toggle() }`);
const HEALTHY = ['received', 'verified', 'staged', 'trial', 'committed'];

describe.skipIf(mosquittoPath === undefined)('updates through a broker', { timeout: 120_000 }, () => {
  const owner = new Owner();
  let broker: Mosquitto, cutter: Cutter, rig: BoardRig, operator: Operator, birth: FleetBody<'birth'>;
  let number = 0;
  let stopServing: (() => void) | undefined;
  const desired = (): string => topic('desired', FLEET, { device: toHex(birth.device) });

  beforeAll(async () => {
    broker = await Mosquitto.start();
    cutter = await Cutter.open(broker.port);
    operator = await Operator.connect(broker.url, owner, FLEET);
    rig = await openBoard();
    await provision(rig, owner, { broker: cutter.url, fleet: FLEET });
    birth = await operator.birth();
  });

  afterEach(() => {
    stopServing?.();
  });

  afterAll(async () => {
    await operator?.close();
    await rig?.close();
    cutter?.close();
    await broker?.close();
  });

  type Made = ReturnType<Owner['bundle']>;
  const committed = ({ digest }: Made, since = 0): Promise<FleetBody<'birth'>> =>
    operator.birth(({ bundle }) => toHex(bundle) === toHex(digest), since);
  const phasesOf = ({ digest }: Made): string[] =>
    operator
      .documents('report', operator.received, birth.key)
      .filter(({ bundle }) => toHex(bundle) === toHex(digest))
      .map(({ phase, code }) => phaseName(phase) + (code ? ` ${errorName(code)}` : ''));
  const reported = (made: Made, phase: string): Promise<FleetBody<'report'>> =>
    operator.report(
      birth,
      (report) => toHex(report.bundle) === toHex(made.digest) && phaseName(report.phase) === phase,
    );

  /** A line of the board's log, as who asks later gets it. */
  async function logged(beginning: string): Promise<{ readonly text: string }> {
    const lines: { readonly text: string }[] = [];
    const off = rig.link.on('log', (event) => lines.push(event));
    await rig.link.request('logs', { on: true, history: true });
    await expect.poll(() => lines.some(({ text }) => text.startsWith(beginning))).toBe(true);
    off();
    return lines.findLast(({ text }) => text.startsWith(beginning)) as { readonly text: string };
  }

  it('a bundle with its payload inside is tried, committed, and reported step by step', async () => {
    const made = owner.bundle([blink(20)], { number: ++number });
    await operator.publish(desired(), made.bytes, true);
    const after = await committed(made);
    expect(after.number).toBe(number);
    expect(toHex(after.modules)).toBe(toHex(moduleDigest(made.app.modules[0] as Uint8Array)));
    await reported(made, 'committed');
    expect(phasesOf(made)).toEqual(HEALTHY);
  });

  it('the same bundle again, and once more after a reconnection, does nothing', async () => {
    const before = operator.received.length;
    const erases = (await rig.link.request('board', {})).programs;
    const made = owner.bundle([blink(20)], { number });
    for (let again = 0; again < 3; again++) await operator.publish(desired(), made.bytes, true);
    cutter.cut();
    await operator.birth(({ nonce }) => toHex(nonce) !== toHex(birth.nonce), before);
    // A later command's reply comes after whatever the deliveries before it did.
    const now = await operator.birth(({ nonce }) => toHex(nonce) !== toHex(birth.nonce), before);
    await operator.order(now, 'stop', { behaviour: 'blink' });
    await operator.order(now, 'start', { behaviour: 'blink' });
    const reports = operator.documents('report', operator.received.slice(before), birth.key);
    expect(reports.map(({ phase }) => phaseName(phase))).toEqual([]);
    expect((await rig.link.request('board', {})).programs).toBe(erases);
  });

  it('a detached app is fetched module by module; what the board has is not asked for', async () => {
    const made = owner.bundle([blink(20), large(wires['led'] ?? '', 1001)], { number: ++number, detached: true });
    const serving = serveBlobs(operator, made);
    stopServing = serving.stop;
    await operator.publish(desired(), made.bytes, true);
    const after = await committed(made);
    await reported(made, 'committed');
    expect(phasesOf(made)).toEqual(HEALTHY);
    expect(after.modules.length).toBe(64);
    expect(serving.asked[0]).toBe('index');
    expect(serving.asked.slice(1).every((each) => each.startsWith(nameOf(made.app.modules[1] as Uint8Array)))).toBe(
      true,
    );
  });

  it('goes on after cuts in the middle; modules that came whole are not fetched again', async () => {
    const [first, second] = [large(wires['led'] ?? '', 1002), rename(large(wires['led2'] ?? '', 1003))];
    const made = owner.bundle([first, second], { number: ++number, detached: true });
    const cuts = [first, second];
    let fetchedWhole = Infinity;
    const serving = serveBlobs(operator, made, (chunk, bytes) => {
      const from = cuts[0];
      if (from && chunk === '3' && Buffer.from(from).includes(Buffer.from(bytes))) {
        if (cuts.shift() === second) fetchedWhole = serving.asked.length;
        cutter.cut();
      }
      return bytes;
    });
    stopServing = serving.stop;
    await operator.publish(desired(), made.bytes, true);
    await committed(made);
    await reported(made, 'committed');
    expect(cuts).toEqual([]);
    expect(serving.asked.slice(fetchedWhole)).toContain('index');
    expect(serving.asked.slice(fetchedWhole).filter((each) => each.startsWith(nameOf(first)))).toEqual([]);
    expect(phasesOf(made)).toEqual(HEALTHY);
  });

  it('a broker that tampers with a chunk installs nothing; the honest one is heard afterwards', async () => {
    const made = owner.bundle([large(wires['led'] ?? '', 1005)], { number: ++number, detached: true });
    stopServing = serveBlobs(operator, made, (chunk, bytes) =>
      chunk === '2' ? bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte)) : bytes,
    ).stop;
    await operator.publish(desired(), made.bytes, true);
    expect(errorName((await reported(made, 'failed')).code)).toBe('digest');
    expect((await rig.link.request('identity', {})).number).toBe(number - 1);
    stopServing();
    stopServing = serveBlobs(operator, made).stop;
    await committed(made);
  });

  it('a bundle signed by nobody known is rejected by name, and the app stays', async () => {
    const made = owner.bundle([blink(40)], { number: number + 1, by: signer() });
    const before = operator.received.length;
    await operator.publish(desired(), made.bytes, true);
    const { code } = await operator.report(birth, ({ phase }) => phaseName(phase) === 'rejected', before);
    expect(errorName(code)).toBe('unknown_key');
    expect((await rig.link.request('identity', {})).number).toBe(number);
  });

  it('a version that faults is reverted and never tried again', async () => {
    const trap = faulting(wires['led'] ?? '', wires['input'] ?? '').find(({ error }) => error === 'trap')
      ?.module as Uint8Array;
    const made = owner.bundle([trap], { number: ++number });
    await operator.publish(desired(), made.bytes, true);
    const { code, detail } = await reported(made, 'reverted');
    expect({ code: errorName(code), detail }).toEqual({ code: 'trap', detail: 'unreachable' });
    expect((await rig.link.request('identity', {})).number).toBe(number - 1);
    const before = operator.received.length;
    cutter.cut(); // the retained bundle comes again
    const now = await operator.birth(({ nonce }) => toHex(nonce) !== toHex(birth.nonce), before);
    await operator.order(now, 'install.abort', {});
    expect(
      operator
        .documents('report', operator.received.slice(before), birth.key)
        .map(({ phase, code: why }) => `${phaseName(phase)} ${errorName(why)}`),
    ).toEqual(['rejected known_bad']);
  });

  it('what is not granted, and what staging refuses, is said', async () => {
    const image = packApp({ class: 'virtual', modules: [blink(30)] });
    const grant = { ...grantFor(requestsOf(image)), rows: [] };
    const ungranted = `${wires['led2']} is not granted to blink as it asks for it`;
    for (const detached of [false, true]) {
      const made = owner.bundle([blink(30)], { number: ++number, detached, grant });
      stopServing = serveBlobs(operator, made).stop;
      await operator.publish(desired(), made.bytes, true);
      const { code, detail } = await reported(made, 'rejected');
      expect({ code: errorName(code), detail }).toEqual({ code: 'grant', detail: ungranted });
      stopServing();
    }
    const twice = owner.bundle([blink(31), tars(other(wires['led2'] ?? ''))], { number: ++number });
    await operator.publish(desired(), twice.bytes, true);
    const { code, detail } = await reported(twice, 'rejected');
    expect({ code: errorName(code), detail }).toEqual({
      code: 'conflict',
      detail: `${wires['led2']} in blink and other`,
    });
    const { text } = await logged('the app is refused: conflict');
    expect(text).toBe(`the app is refused: conflict, ${detail}`);
  });

  it('a fault after the commit is in the birth, with behaviour, reason and count', async () => {
    const made = owner.bundle([trapping()], { number: ++number });
    await operator.publish(desired(), made.bytes, true);
    const healthy = await committed(made);
    expect(healthy).toMatchObject({ behaviour: '', fault: 0, faults: 0 });
    const before = operator.received.length;
    expect(await operator.order(healthy, 'publish', { topic: 'go', fields: [1] })).toBe(0);
    const { behaviour, fault, faults } = await operator.birth((next) => next.faults > 0, before);
    expect({ behaviour, fault: errorName(fault), faults }).toEqual({ behaviour: 'late', fault: 'trap', faults: 1 });
    // A second one at once makes no birth of its own: it is told of a minute later.
    await expect.poll(async () => (await rig.status('late')).status).toBe('running');
    await operator.order(healthy, 'publish', { topic: 'go', fields: [2] });
    await expect.poll(async () => (await rig.status('late')).faults).toBe(2);
    expect(operator.documents('birth', operator.received.slice(before), birth.key)).toHaveLength(1);
  });

  it('new root documents are followed in order, also by a board that missed one', async () => {
    const version = (next: number): Uint8Array => owner.rootDocument({ version: next });
    await operator.publish(topic('root', FLEET), version(3), true);
    await operator.publish(topic('rootNext', FLEET, { version: '2' }), version(2), true);
    await operator.publish(topic('rootNext', FLEET, { version: '3' }), version(3), true);
    await operator.birth(({ root }) => root === 3);
    const before = operator.received.length;
    await operator.publish(topic('root', FLEET), owner.rootDocument({ version: 2 }), true);
    const { code } = await operator.report(birth, ({ phase }) => phaseName(phase) === 'refused', before);
    expect(errorName(code)).toBe('root_version');
  });

  it('a root document that comes while somebody uploads over the link is taken afterwards', async () => {
    const version = (await rig.link.request('identity', {})).root + 1;
    await rig.link.request('upload.begin', { use: uploads.indexOf('bundle'), size: 100 });
    const before = operator.received.length;
    await operator.publish(topic('root', FLEET), owner.rootDocument({ version }), true);
    await sleep(1000);
    await expect(rig.link.request('upload.end', {})).rejects.toMatchObject({ code: 'truncated' });
    await operator.birth(({ root }) => root === version, before);
    // The retained bundle is looked at again under the new document; that is another matter.
    const refused = operator
      .documents('report', operator.received.slice(before), birth.key)
      .filter(({ phase }) => phaseName(phase) === 'refused');
    expect(refused).toEqual([]);
  });
});

/** Another behaviour on the same output. */
const other = (pin: string): string => `behaviour other
  use led: gpio.out = pin("${pin}")
  every 1s { led.toggle() }`;

/** Traps when a message arrives, and begins again. */
const trapping = (): Uint8Array =>
  handmade(
    '(module (func (export "r") (param $source i32) (param i32) (if (local.get $source) (then (unreachable)))))',
    { name: 'late', uses: [[11, 'go', 'n:i32']], sources: [[2, 0]], restart: [100, 0] },
  );

/** What is asked for when a module is fetched begins so. */
const nameOf = (module: Uint8Array): string => toHex(moduleDigest(module)).slice(0, 8);

/** Two large modules of one app must differ by name. */
const rename = (module: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.from(Buffer.from(module).toString('latin1').replace('large', 'huger'), 'latin1'));
