/** For tests: the command line as a process, and virtual boards in a folder that is thrown away. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';
import { makeKey, writeKey } from '../../ota/host/keys.js';
import type { RoleName } from '../../ota/host/root.js';
import { homePath } from '../home.js';
import { BOARD_PARENT, listVirtualBoards, startBoard, type BoardRecord } from '../virtual/registry.js';
import { stopProcess, type BoardOptions } from '../virtual/process.js';

/** Folders of the examples. */
export const exampleNames = readdirSync(homePath('examples'));

export interface Result {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that goes on until `end`; `shows` waits for something in what it has written so far. */
export interface Background {
  shows(what: RegExp, timeoutMs?: number): Promise<void>;
  end(): Promise<Result>;
}

/** Opens the keys of tests. */
export const PASSPHRASE = 'correct horse';

/**
 * Keys as `tars keys new` writes them, of whom has `folder` as his home, but for what it costs to guess their
 * passphrase: half of the time of a command that signs.
 */
export function makeKeys(folder: string, names: Readonly<Record<string, readonly RoleName[]>>): void {
  const keys = join(folder, '.config', 'tars', 'keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  for (const [name, roles] of Object.entries(names)) {
    const key = makeKey({ name, roles, passphrase: PASSPHRASE, cost: { n: 2, r: 1, p: 1 } });
    writeFileSync(join(keys, `${name}.key`), writeKey(key), { mode: 0o600 });
  }
}

/** Roles that a key has if its owner names none. */
export const MEMBER = ['root', 'release'] as const;

/** Longest life of a command under test. */
const TIMEOUT_MS = 30_000;
const BACKGROUND_MS = 180_000;

/** A folder of its own with its own boards. Everything in it ends with `dispose`. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'tars-test-'));
  private readonly boardsFolder = join(this.folder, 'state', 'tars', 'boards');
  private readonly children: ChildProcess[] = [];
  /** The command as an installation has it: a link on the path. */
  private readonly bin = join(this.folder, 'state', 'bin');

  constructor() {
    mkdirSync(this.bin, { recursive: true });
    symlinkSync(homePath('cli/bin/tars.js'), join(this.bin, 'tars'));
  }

  /** Starts a virtual board that `--port NAME` finds. */
  board(options: Omit<BoardOptions, 'state'>): Promise<BoardRecord> {
    return startBoard({ parent: process.pid, ...options }, this.boardsFolder);
  }

  /** Starts a command; `started` gets the process, for tests that disturb it. */
  tars(
    args: readonly string[],
    {
      env = {},
      started,
      timeoutMs = TIMEOUT_MS,
    }: { env?: Record<string, string>; started?: (child: ChildProcess) => void; timeoutMs?: number } = {},
  ): Promise<Result> {
    const child = spawn(process.execPath, [join(this.bin, 'tars'), ...args], {
      cwd: this.folder,
      env: {
        PATH: [this.bin, process.env['PATH'] ?? ''].join(delimiter),
        HOME: this.folder,
        XDG_STATE_HOME: join(this.folder, 'state'),
        NO_COLOR: '1',
        // A test that is killed leaves no board behind.
        [BOARD_PARENT]: String(process.pid),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    this.children.push(child);
    started?.(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
    return new Promise((resolve) => child.on('close', (exit) => resolve({ exit, out, err })));
  }

  /** Starts a command that goes on until it is interrupted. */
  background(args: readonly string[], env: Record<string, string> = {}): Background {
    let text = '';
    let child: ChildProcess | undefined;
    const started = (process: ChildProcess): void => {
      child = process;
      for (const stream of [process.stdout, process.stderr])
        stream?.on('data', (bytes: Buffer) => (text += bytes.toString()));
    };
    const result = this.tars(args, { started, env, timeoutMs: BACKGROUND_MS });
    return {
      shows: async (what, timeout = 15_000) => {
        await expect.poll(() => text, { timeout }).toMatch(what);
      },
      end: () => (child?.kill('SIGINT'), result),
    };
  }

  async dispose(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    for (const { running } of listVirtualBoards(this.boardsFolder)) if (running) await stopProcess(running.pid);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What every error of the user must look like: one message, one cure, no stack trace. */
export const clearError = /^error: [^\n]+\n {2}cure: [^\n]+\n$/;
