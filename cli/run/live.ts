/** One session of `tars run`: app in, events out, new versions when sources are saved. */
import { join } from 'node:path';
import { statuses } from '../../hal/contract/index.js';
import { boardFor, buildApp, noteWarnings, SourceError, type Built } from '../compile/build.js';
import { sourceErrorText } from '../compile/show.js';
import type { AppSources } from '../project/app-sources.js';
import { readSources } from '../project/sources.js';
import { DEFAULT_BOARD } from '../project/boards.js';
import { PROJECT_FILE } from '../project/project.js';
import { UserError } from '../errors.js';
import { untilEnd } from '../device/follow.js';
import { interrupted } from '../ends.js';
import { install, type Installed } from '../device/install.js';
import { readRows } from '../device/rows.js';
import type { Session } from '../device/session.js';
import type { Terminal } from '../terminal/terminal.js';
import { readTopics, type Topic } from '../device/topics.js';
import { BenchClient } from '../transport/bench.js';
import { LinkClient } from '../transport/link.js';
import { SerialTransport } from '../transport/serial.js';
import { TcpTransport } from '../transport/tcp.js';
import { showValue } from '../terminal/values.js';
import type { BoardAddress } from '../virtual/process.js';
import { jsonEvent, listen, showEvent } from './events.js';
import { keyHelp, readKeys } from './keys.js';
import { Screen } from './screen.js';
import { stateOfAll, watchFiles } from './watch.js';

export interface LiveOptions {
  readonly path: string;
  readonly watch: boolean;
  readonly board: BoardAddress;
  readonly terminal: Terminal;
  readonly seconds?: number;
}

/** How often parameters and counters are read from the board. */
const POLL_MS = 500;

/** Runs until Ctrl-C, q, the end of `seconds`, or the board's end. */
export async function runLive({ path, watch, board, terminal, seconds }: LiveOptions): Promise<void> {
  const bench = new BenchClient(new TcpTransport({ host: '127.0.0.1', port: board.bench }));
  const link = new LinkClient(
    board.tcp === undefined ? new SerialTransport(board.pty) : new TcpTransport({ host: '127.0.0.1', port: board.tcp }),
  );
  const ends: (() => void)[] = [];
  try {
    const first = await firstBuild(path, watch, terminal);
    if (!first) return;
    const { sources, built, seen } = first;
    await bench.connect();
    const live = new Live({
      terminal,
      bench,
      session: { link, hello: await link.connect() },
      title: `${sources.name} on a private virtual board`,
    });
    const { ended, done } = untilEnd(link);
    await live.begin(built);
    ends.push(readKeys({ bench, inputs: live.inputs, quit: done }));
    if (watch)
      ends.push(
        watchFiles(
          sources.files,
          () => live.again(path, sources.files).catch((error: unknown) => void live.say(String(error))),
          seen,
        ),
      );
    const poll = setInterval(() => void live.poll().catch(() => undefined), POLL_MS);
    ends.push(
      () => clearInterval(poll),
      () => live.end(),
    );
    if (seconds !== undefined) setTimeout(done, seconds * 1000).unref();
    await ended;
  } finally {
    for (const end of ends) end();
    await Promise.all([bench.close(), link.close()]);
  }
}

/**
 * The first version. With `watch` a broken one is shown, and the next one awaited; undefined if the user ends that. The
 * private board has nothing to do meanwhile.
 */
async function firstBuild(
  path: string,
  watch: boolean,
  terminal: Terminal,
): Promise<{ readonly sources: AppSources; readonly built: Built; readonly seen: string } | undefined> {
  for (;;) {
    let files = broken(path);
    try {
      const sources = await readSources(path);
      files = [...files, ...sources.files];
      const seen = stateOfAll(sources.files);
      const built = await buildApp(sources, boardFor(sources, DEFAULT_BOARD));
      noteWarnings(built, terminal);
      return { sources, built, seen };
    } catch (error) {
      if (!watch || !(error instanceof UserError)) throw error;
      for (const line of mistakes(error, terminal)) terminal.note(line);
      terminal.note('waiting for a change; Ctrl-C ends');
    }
    if (!(await nextChange(files))) return undefined;
  }
}

/** Where what is missing in a broken app may appear: the file or folder, and the project's file in it. */
const broken = (path: string): string[] => [path, join(path, PROJECT_FILE)];

/** False if the user ends the command. */
async function nextChange(files: readonly string[]): Promise<boolean> {
  let end = (): void => undefined;
  const changed = await new Promise<boolean>((resolve) => {
    const user = interrupted();
    void user.by.then(() => resolve(false));
    const unwatch = watchFiles(files, () => Promise.resolve(void resolve(true)));
    end = () => {
      unwatch();
      user.off();
    };
  });
  end();
  return changed;
}

/** What is wrong with the sources, line by line. */
const mistakes = (error: UserError, { color }: Terminal): string[] =>
  (error instanceof SourceError ? sourceErrorText(error, color) : `${error.message}; ${error.cure}`).split('\n');

interface LiveParts {
  readonly terminal: Terminal;
  readonly bench: BenchClient;
  readonly session: Session;
  readonly title: string;
}

class Live {
  /** Input pins of the app. */
  inputs: readonly string[] = [];
  private readonly parts: LiveParts;
  private readonly screen: Screen | undefined;
  private topics: readonly Topic[] = [];

  constructor(parts: LiveParts) {
    this.parts = parts;
    this.screen = parts.terminal.screen ? new Screen(parts.terminal, parts.title) : undefined;
  }

  /** Installs the app and shows events from its first reaction on. */
  async begin(built: Built): Promise<void> {
    const {
      bench,
      session: { link },
      terminal,
    } = this.parts;
    const on = (line: string): void => terminal.out(line);
    listen({
      link,
      bench,
      topics: () => this.topics,
      on: (event) => (this.screen ? this.screen.event(event) : on(terminal.json ? jsonEvent(event) : showEvent(event))),
    });
    await bench.request('watch', { on: true });
    await link.request('logs', { on: true, history: false });
    await this.put(built);
    await link.request('subscribe', { topic: '', on: true });
    if (this.screen) await this.showStart(built);
    await this.poll();
  }

  /**
   * Reads, compiles and swaps after a source was saved. Mistakes are shown, the old version goes on. Returns the files
   * to watch now; `files` are those of the first version, in case that they can't be read.
   */
  async again(path: string, files: readonly string[]): Promise<readonly string[]> {
    const start = performance.now();
    let sources: AppSources | undefined;
    let wrong = false;
    try {
      sources = await readSources(path);
      const built = await buildApp(sources, boardFor(sources, DEFAULT_BOARD));
      const { same, gapUs } = await this.put(built);
      for (const warning of built.warnings) this.say(`warning: ${warning}`);
      this.say(
        same
          ? 'saved, nothing changed'
          : `swapped in ${Math.round(performance.now() - start)} ms, ${gapUs} us between the versions`,
      );
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { terminal } = this.parts;
      wrong = true;
      for (const line of mistakes(error, terminal)) this.say(line);
    }
    return [...(sources?.files ?? files), ...(wrong ? broken(path) : [])];
  }

  /** A line about `tars run` itself. */
  say(text: string): void {
    if (this.screen) this.screen.line(text);
    else this.parts.terminal.note(text);
  }

  /** Reads what the board doesn't announce. */
  async poll(): Promise<void> {
    if (!this.screen) return;
    const { link } = this.parts.session;
    const parameters = (await readRows(link, 'param.list')).map((row) => {
      const value = showValue(row.value, row.type === 0 ? { type: 'bool' } : { unit: row.unit });
      return `${row.behaviour}.${row.name} = ${value}`;
    });
    const behaviours: string[] = [];
    for (const row of await readRows(link, 'list')) {
      const { reactions, overruns } = await link.request('stats', { behaviour: row.behaviour });
      behaviours.push(
        `${row.behaviour}  ${statuses[row.status] ?? row.status}, ${reactions} ` +
          `reactions${overruns > 0 ? `, ${overruns} overruns` : ''}`,
      );
    }
    this.screen.lists({ parameters, behaviours });
  }

  end(): void {
    this.screen?.end();
  }

  private async put({ board, behaviours }: Built): Promise<Installed> {
    const modules = behaviours.map(({ module }) => module);
    const done = await install(this.parts.session, { class: board.class, modules }, { store: false });
    this.topics = await readTopics(this.parts.session.link);
    return done;
  }

  /** Pins that the app uses, with the levels they have before anything happens. */
  private async showStart({ behaviours }: Built): Promise<void> {
    const uses = behaviours.flatMap(({ manifest }) => manifest.uses);
    const named = (kind: RegExp): string[] => [
      ...new Set(uses.filter((use) => kind.test(use.kind)).map(({ fields }) => String(fields['name']))),
    ];
    this.inputs = named(/^gpio\.in$/);
    for (const pin of named(/^gpio\./))
      this.screen?.start('pin', pin, (await this.parts.bench.request('pin.get', { pin })).level ? 'high' : 'low');
    for (const pin of named(/^pwm\./)) {
      const { pulse, duty } = await this.parts.bench.request('pwm.get', { pin });
      this.screen?.start('pwm', pin, `${pulse} us, ${Math.round(duty * 10) / 10} %`);
    }
    this.screen?.keys(keyHelp(this.inputs));
  }
}
