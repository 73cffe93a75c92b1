/**
 * Nothing asks the C heap for memory after the start. The virtual board is linked with a trap (firmware/test/heap) and
 * leads a life: apps, swaps, faults, endless reactions, messages, a broker with TLS, a signed update, a power cycle.
 * What may ask is named there: thread creation and name resolution. The image for the Cortex-M7 contains no allocator
 * at all.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEmulator } from '../../cli/virtual/emulator.js';
import { BoardError } from '../../cli/transport/client.js';
import { BoardRig } from '../board-rig.js';
import { loadDescription, projectRoot } from '../description.js';
import { provision } from '../fleet/board.js';
import { hasOpenssl, makeCertificates } from '../fleet/certificates.js';
import { freePort } from '../fleet/free-port.mjs';
import { Mosquitto, mosquittoPath } from '../fleet/mosquitto.js';
import { Operator, Owner, phaseName, serveBlobs, topic } from '../fleet/operator.js';
import { toHex } from '../../ota/host/ids.js';
import { tars } from '../program.js';
import { faulting, neighbour, receiver, sender, spinner } from './modules.js';

const PROGRAM = 'build/firmware/test/heap/tars-board-heap';
const FLEET = 'line1';
const PATIENCE_MS = 20_000;
const description = { ...loadDescription('virtual'), start: { program: PROGRAM, arguments: [] } };
const { led = '', input = '' } = description.wires;
/** Periods of a second and a bit: what a loaded computer skips of shorter ones in the window looks like a bad app. */
const blink = (version: number): Uint8Array =>
  tars(`behaviour blink
  use led: gpio.out = pin("${led}")
  every ${1000 + version}ms { led.toggle() }`);

describe('the C heap of the virtual board', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tars-heap-'));
  const log = join(folder, 'log');
  const said = (): string[] => readFileSync(log, 'utf8').trimEnd().split('\n');
  const openBoard = (): Promise<BoardRig> =>
    BoardRig.open(description, { realTime: true, state: mkdtempSync(join(folder, 'state-')) });

  beforeAll(() => {
    execFileSync('cmake', ['--build', 'build/firmware', '--target', 'tars-board-heap'], {
      cwd: projectRoot,
      stdio: 'pipe',
    });
    process.env['TARS_HEAP_LOG'] = log;
  }, 120_000);
  afterAll(() => {
    delete process.env['TARS_HEAP_LOG'];
    rmSync(folder, { recursive: true, force: true });
  });

  /** Some fault before the host has confirmed them, and then go back at once. */
  function expectFault(error: unknown): void {
    if (!(error instanceof BoardError)) throw error;
  }

  /** Apps come and go, fault and spin; somebody listens, asks and tunes. */
  async function live(rig: BoardRig): Promise<void> {
    await rig.install([sender(), receiver(1)]);
    await rig.install([sender(), receiver(2)]);
    for (const { module } of faulting(led, input)) await rig.install([module, neighbour('LED2')]).catch(expectFault);
    await sleep(100);
    await rig.install([spinner('plain')]);
    await rig.publish('go', [1]);
    for (
      const end = Date.now() + PATIENCE_MS;
      (await rig.link.request('board', {})).abandoned === 0 && Date.now() < end;
    )
      await sleep(5);
    expect((await rig.link.request('board', {})).abandoned).toBeGreaterThan(0);
    await rig.install([blink(10)]);
    await rig.stop('blink');
    await rig.start('blink');
    await expect.poll(async () => (await rig.status('blink')).status, { timeout: PATIENCE_MS }).toBe('running');
    await rig.messages();
    await rig.logs();
  }

  /** An owner, a broker with TLS, and two signed updates, one of them fetched in pieces. */
  async function update(rig: BoardRig): Promise<void> {
    const owner = new Owner();
    const { settings, ca } = makeCertificates(folder);
    const port = await freePort();
    const broker = await Mosquitto.start([`listener ${port} 127.0.0.1`, ...settings]);
    const operator = await Operator.connect(broker.url, owner, FLEET);
    try {
      await provision(rig, owner, { broker: `mqtts://localhost:${port}`, fleet: FLEET, ca });
      const birth = await operator.birth();
      for (const [number, detached] of [
        [1, false],
        [2, true],
      ] as const) {
        const before = operator.received.length;
        const made = owner.bundle([blink(20 + number)], { number, healthMs: 500, detached });
        const { asked, stop } = serveBlobs(operator, made);
        await operator.publish(topic('desired', FLEET, { device: toHex(birth.device) }), made.bytes, true);
        await operator.report(birth, ({ phase }) => phaseName(phase) === 'committed', before);
        stop();
        expect(asked.length > 0).toBe(detached);
      }
    } finally {
      await operator.close();
      await broker.close();
    }
  }

  it.skipIf(mosquittoPath === undefined || !hasOpenssl())(
    'is left alone after the start, but for creating a thread and resolving a name',
    async () => {
      const rig = await openBoard();
      try {
        await live(rig);
        await update(rig);
        await rig.power();
        await rig.link.request('board', {});
        expect(rig.process.running).toBe(true);
      } finally {
        await rig.close();
      }
      expect(said().filter((line) => line === 'armed')).toHaveLength(2);
      expect(said()).toContain('name resolution');
      expect(said().filter((line) => !['armed', 'name resolution', 'thread creation'].includes(line))).toEqual([]);
    },
  );

  it('is watched: one request ends the board', async () => {
    rmSync(log, { force: true });
    const rig = await openBoard();
    process.kill(rig.process.pid, 'SIGUSR1');
    for (const end = Date.now() + PATIENCE_MS; rig.process.running && Date.now() < end;) await sleep(20);
    expect(rig.process.running).toBe(false);
    // The worker may still ask where its stack ends.
    expect(
      said()
        .filter((line) => line !== 'thread creation')
        .slice(0, 3),
    ).toEqual(['armed', 'trap', 'malloc']);
    await rig.close().catch(() => undefined);
  });
});

describe.skipIf(!hasEmulator())('the C heap of the image for the Cortex-M7', () => {
  const image = join(projectRoot, 'build/firmware-qemu-m7/ports/freertos/tars-board');
  const NAMES =
    /^(_?(m|c|re)alloc(_r)?|_?free(_r)?|memalign|_memalign_r|aligned_alloc|_?sbrk(_r)?|pvPort\w*alloc|vPortFree)$/;

  it("does not exist: what a library could call is this port's refusal", () => {
    const symbols = execFileSync('arm-none-eabi-nm', [`${image}.elf`], { encoding: 'utf8' });
    const present = [...symbols.matchAll(/^(\w+) (\w) (\S+)$/gm)].filter(([, , , name = '']) => NAMES.test(name));
    const map = readFileSync(`${image}.map`, 'utf8').replace(/\n( \.\S+)\n\s+0x/g, '\n$1 0x');
    const linked = map.slice(map.indexOf('Linker script and memory map'));
    for (const [, address = '', , name = ''] of present) {
      const [, from = ''] =
        new RegExp(`^ \\.text\\.${name}\\s+0x0*${address.replace(/^0+/, '')}\\s+0x\\w+ (\\S+)$`, 'm').exec(linked) ??
        [];
      expect({ name, from: from.split('/').at(-1) }).toEqual({ name, from: 'libc.c.obj' });
    }
    expect(present.map(([, , , name]) => name)).not.toContain('pvPortMalloc');
    expect(linked).not.toMatch(/^ \.text\S*\s+0x0*[1-9a-f]\w*\s+0x[1-9a-f]\w* \S*(mallocr|heap_\d)\S*$/m);
  });
});
