/**
 * What the board does when something is broken that must not be: it stops with its lamps off, says why in words, and
 * the watchdog restarts it; then its app runs again. The image is the board's with a way to break it
 * (firmware/test/break).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { install } from '../../cli/device/install.js';
import { LinkClient } from '../../cli/transport/link.js';
import { TcpTransport } from '../../cli/transport/tcp.js';
import { startEmulatorOnTcp } from '../../cli/virtual/emulator.js';
import { Qmp } from '../../cli/virtual/qmp.js';
import { testImage, tracing } from '../process.js';
import { tars } from '../program.js';
import { lacking, until, wires } from './board.js';

/** 32 ns an instruction: a board that turns in circles until its watchdog resets it needs a quarter of the time. */
const SLOW = ['-icount', 'shift=5'];
/** The register of the lamps. */
const LAMPS = 0x40028000;
/** Switches its lamp on and keeps it. */
const lamp = tars(`behaviour lamp
  use led: gpio.out = pin("${wires['led'] ?? ''}")
  every 20ms { led.set(true) }`);

/** Numbers as firmware/test/break has them. */
const ways = [
  { how: 1, what: 'the link stands still', reason: /panic 21: watchdog: supervisor, link or agent stands still/ },
  { how: 2, what: 'the supervisor stands still', reason: /panic 21: watchdog: supervisor, link or agent stands still/ },
  { how: 3, what: 'an instruction that does not exist', reason: /panic 20: processor fault/ },
  { how: 4, what: 'an address where nothing is', reason: /panic 20: processor fault/ },
  {
    how: 5,
    what: 'somebody asks the C heap for memory',
    reason: /panic 25: memory was asked of the C heap, which does not exist/,
  },
  { how: 6, what: 'a library gives up', reason: /panic 28: a library gave up/ },
];

describe.skipIf(lacking)('a broken board', { timeout: 180_000 }, () => {
  const state = mkdtempSync(join(tmpdir(), 'tars-broken-'));
  let board: Awaited<ReturnType<typeof startEmulatorOnTcp>>, qmp: Qmp;

  const connect = async (): Promise<{ link: LinkClient; hello: Awaited<ReturnType<LinkClient['connect']>> }> => {
    const link = new LinkClient(new TcpTransport({ host: '127.0.0.1', port: board.tcp }));
    return { link, hello: await link.connect() };
  };
  const lit = async (): Promise<boolean> => ((await qmp.word(LAMPS)) & 1) === 1;

  beforeAll(async () => {
    board = await startEmulatorOnTcp({
      state,
      name: 'broken',
      clock: 'real',
      image: testImage,
      arguments: [...SLOW, ...tracing(join(state, 'trace'))],
    });
    qmp = await Qmp.connect(board.qmp);
    const session = await connect();
    await install(session, { class: session.hello.class, modules: [lamp] }, { store: true });
    await session.link.close();
  }, 60_000);

  afterAll(async () => {
    qmp?.close();
    await board?.stop();
    rmSync(state, { recursive: true, force: true });
  });

  it('is broken in no other image', () => {
    const names = (image: string): string => execFileSync('arm-none-eabi-nm', [image], { encoding: 'utf8' });
    expect(names(testImage)).toContain('break_install_poll');
    expect(names(testImage.replace('-test', ''))).not.toContain('break_');
  });

  it.each(ways)('$what: lamps off, the reason in words, a restart', async ({ how, reason }) => {
    const { link } = await connect();
    let said = '';
    link.onConsole((bytes) => (said += Buffer.from(bytes).toString()));
    try {
      await until(lit, (on) => on);
      // most ways leave nobody to answer
      link.request('publish', { topic: 'break', fields: [how] }, { attempts: 1 }).catch(() => undefined);
      await until(
        () => Promise.resolve(said),
        (text) => reason.test(text),
      );
      expect(await lit()).toBe(false);
      await until(lit, (on) => on); // the app in its flash runs again
      expect(said.match(/panic/g)).toHaveLength(1);
    } finally {
      await link.close();
    }
    const again = await connect();
    expect(await again.link.request('list', { index: 0 })).toMatchObject({ behaviour: 'lamp', status: 1 });
    await again.link.close();
  });
});
