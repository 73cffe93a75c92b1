/**
 * Whose doing a reset was: a trial is over when the board has failed twice while the app's loader or one of its
 * reactions ran; whoever else causes resets, it goes on, and nothing is held against the app. The image is the board's
 * with a way to break it (firmware/test/break).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errors } from '../../hal/contract/index.js';
import { install } from '../../cli/device/install.js';
import type { Session } from '../../cli/device/session.js';
import { LinkClient } from '../../cli/transport/link.js';
import { TcpTransport } from '../../cli/transport/tcp.js';
import { startEmulatorOnTcp } from '../../cli/virtual/emulator.js';
import { Qmp } from '../../cli/virtual/qmp.js';
import { testImage, tracing } from '../process.js';
import { tars } from '../program.js';
import { beginTrial, running } from '../trial.js';
import { lacking, wires } from './board.js';

/** 128 ns an instruction: boards that turn in circles until their watchdog bites need a sixteenth of the time. */
const SLOW = ['-icount', 'shift=7'];
const PATIENCE_MS = 60_000;
/** Numbers as firmware/test/break has them. */
const BREAK = {
  link: 1,
  supervisor: 2,
  loaderFaults: 7,
  loaderStands: 8,
  loaderFine: 9,
  nobody: 10,
  reactionFaults: 11,
} as const;
const CRASHED = errors.find(({ name }) => name === 'crashed')?.code;

/** What a slowed down processor takes longer than, is nobody's fault. */
const patient = { load: 1000, deadline: 60_000_000 };
const lamp = tars(
  `behaviour lamp
  use led: gpio.out = pin("${wires['led'] ?? ''}")
  every 20ms { led.set(true) }`,
  patient,
);
/** The loader of this image fails at this one, or a reaction, if it was told to before the board started. */
const fatal = tars(`behaviour fatal
  every 100ms { log "fine" }`);
const faults = tars(`behaviour faults
  every 50ms { log "break fault" }`);
const holds = tars(`behaviour holds
  every 50ms { log "break hold" }`);
/** Reacts for a good part of the time, and does nothing wrong. */
const busy = tars(
  `behaviour busy
  use led: gpio.out = pin("${wires['led2'] ?? ''}")
  every 2ms { for i in 0..8 { led.toggle() } }`,
  patient,
);

/** A board that is restarted all the time. */
class Restless {
  readonly state = mkdtempSync(join(tmpdir(), 'tars-evidence-'));
  /** What the board has said, over all its starts. */
  said = '';
  private board!: Awaited<ReturnType<typeof startEmulatorOnTcp>>;
  qmp!: Qmp;
  session!: Session;

  async open(): Promise<void> {
    this.board = await startEmulatorOnTcp({
      state: this.state,
      name: 'evidence',
      clock: 'real',
      image: testImage,
      arguments: [...SLOW, ...tracing(join(this.state, 'trace'))],
    });
    this.qmp = await Qmp.connect(this.board.qmp);
    await this.connect();
  }

  async close(): Promise<void> {
    await this.session?.link.close();
    this.qmp?.close();
    await this.board?.stop();
    rmSync(this.state, { recursive: true, force: true });
  }

  private async connect(): Promise<void> {
    const link = new LinkClient(new TcpTransport({ host: '127.0.0.1', port: this.board.tcp }));
    link.onConsole((bytes) => (this.said += Buffer.from(bytes).toString()));
    this.session = { link, hello: await link.connect() };
  }

  get link(): LinkClient {
    return this.session.link;
  }

  running(): Promise<string[]> {
    return running(this.link);
  }

  /** Waits until the board has started `times` more often, and is up; says what runs then. */
  async restarted(times: number): Promise<string[]> {
    const wanted = this.session.hello.boot + times;
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
      await this.link.close();
      // a board that stands still takes as long to restart as the host takes to emulate that
      const up = await this.connect().then(
        () => true,
        () => false,
      );
      if (up && this.session.hello.boot >= wanted) return this.running();
    }
    throw new Error(`boot ${this.session.hello.boot}, not ${wanted}: ${this.said}`);
  }

  flash(modules: Uint8Array[]): Promise<unknown> {
    return install(this.session, { class: this.session.hello.class, modules }, { store: true });
  }

  attempt(modules: Uint8Array[]): Promise<void> {
    return beginTrial(this.session, modules);
  }

  order(how: number): Promise<unknown> {
    const request = { topic: 'break', fields: [how] };
    return this.link.request('publish', request, { attempts: 1 }).catch(() => undefined);
  }

  reset(): Promise<unknown> {
    return this.link.request('reset', {});
  }
}

describe.skipIf(lacking)('evidence on the emulated Cortex-M7', { timeout: 240_000 }, () => {
  const board = new Restless();
  beforeAll(() => board.open(), 60_000);
  afterAll(() => board.close());
  beforeEach(async () => {
    await board.order(BREAK.loaderFine);
    await board.flash([lamp]);
    board.said = '';
  });

  it.each([
    { what: 'a loader that faults', how: BREAK.loaderFaults, app: [lamp, fatal] },
    { what: 'a loader that hangs', how: BREAK.loaderStands, app: [lamp, fatal] },
    { what: 'a reaction that faults', app: [lamp, faults] },
    { what: 'a reaction that keeps the lock', app: [lamp, holds] },
  ])('$what: tried twice, then the old app is back', async ({ how, app }) => {
    if (how !== undefined) await board.order(how);
    const { boot } = board.session.hello;
    await board.attempt(app);
    // the watchdog may bite another task that happens to run, or an interrupt: that is no evidence, and takes once more
    const twice = await board.restarted(2);
    expect(twice.length > 1 ? await board.restarted(1) : twice).toEqual(['lamp']);
    expect([2, 3], board.said).toContain(board.session.hello.boot - boot);
    const confirmed = board.link.request('install.confirm', {});
    expect(await confirmed.catch((error: unknown) => String(error))).toMatch(/failed twice/);
  });

  it.each([
    { what: 'the reset button', reset: () => board.qmp.execute('system_reset') },
    { what: 'a command', reset: () => board.reset() },
    { what: 'a link that stands still', reset: () => board.order(BREAK.link) },
    { what: 'a supervisor that stands still', reset: () => board.order(BREAK.supervisor) },
    { what: 'a task that waits for ever while reactions run', reset: () => board.order(BREAK.nobody) },
  ])('$what: three times in a trial, which goes on', async ({ reset }) => {
    await board.attempt([lamp, busy]);
    for (let times = 0; times < 3; times++) {
      await reset();
      expect(await board.restarted(1), board.said).toEqual(['lamp', 'busy (trial)']);
    }
    await board.link.request('install.confirm', {});
    expect(await board.running()).toEqual(['lamp', 'busy']);
  });

  it.each([
    { what: 'loading', how: BREAK.loaderFaults },
    { what: 'reaction after the loading', how: BREAK.reactionFaults },
  ])('comes up without an app whose $what makes it fail, says so, and takes another', async ({ how }) => {
    await board.flash([lamp, fatal]);
    await board.order(how);
    await board.reset();
    const { boot } = board.session.hello;
    expect(await board.restarted(3)).toEqual([]);
    expect(board.session.hello.boot).toBe(boot + 3);
    expect((await board.link.request('board', {})).app).toBe(CRASHED);
    await board.reset();
    expect(await board.restarted(1)).toEqual([]);
    await board.flash([lamp]);
    await board.reset();
    expect(await board.restarted(1)).toEqual(['lamp']);
    expect((await board.link.request('board', {})).app).toBe(0);
  });
});
