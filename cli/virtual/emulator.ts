/**
 * Boards whose firmware runs in an emulator: QEMU's mps2-an500, a Cortex-M7. Their experience is that of a virtual
 * board.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import qemuM7 from '../../boards/qemu-m7.json' with { type: 'json' };
import { atEnd } from '../ends.js';
import { exitCodes, UserError } from '../errors.js';
import { homePath } from '../home.js';
import { LinkClient } from '../transport/link.js';
import { SerialTransport } from '../transport/serial.js';
import { TcpTransport } from '../transport/tcp.js';
import type { Transport } from '../transport/transport.js';
import { EMULATED } from './emulated.js';
import { isAlive, stopProcess, type BoardAddress, type BoardOptions } from './process.js';
import { Qmp } from './qmp.js';
import { hint, shellWord } from '../terminal/calling.js';

/** Where an emulator can be reached; `L`: its link. */
type Emulator<L> = L &
  Pick<BoardAddress, 'pid' | 'bench'> & {
    /** The emulator's control socket. */
    readonly qmp: string;
  };

type EmulatorAddress = Emulator<Pick<BoardAddress, 'pty'>>;

interface Stoppable {
  stop(how?: NodeJS.Signals): Promise<void>;
}

interface EmulatorOptions extends Pick<BoardOptions, 'state' | 'name' | 'clock'> {
  /** Path of an image to run in the place of the board's own. */
  readonly image?: string;
  /**
   * The idle processor doesn't sleep: the board's clock then counts instructions and nothing else, however late the
   * host is.
   */
  readonly busy?: boolean;
  /** False: what the image is to run before it answers the link, or instead, is the caller's business. */
  readonly hello?: boolean;
  /** More for the emulator's command line. */
  readonly arguments?: readonly string[];
}

const PROGRAM = 'qemu-system-arm';
const IMAGE = 'build/firmware-qemu-m7/ports/freertos/tars-board.elf';
/**
 * The memory that stands for flash, and where in it firmware/ports/freertos/chips/an500/provision.c looks for name and
 * seed.
 */
const FLASH_BYTES = 16 * 1024 * 1024;
const PROVISION = { at: qemuM7.flash.size, magic: 0x56505254, name: 36, seed: 32 };
const FLAGS = { virtual: 1, busy: 2 };
const READY_MS = 20_000;
const POLL_MS = 10;
/** Longest path of a Unix socket. */
const SOCKET_PATH = 100;

/**
 * 2^3 ns an instruction, 125 million a second: a busy host slows the board's clock too, and no reaction is late for it.
 */
const ICOUNT = 'shift=3';

const onPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** True if emulator and image are there. */
export const hasEmulator = (): boolean => onPath(PROGRAM) && existsSync(homePath(IMAGE));

function demandEmulator(image: string): void {
  if (!onPath(PROGRAM))
    throw new UserError('no_emulator', `${PROGRAM} is not installed`, {
      cure: 'sudo apt-get install qemu-system-arm',
      exit: exitCodes.board,
    });
  if (!existsSync(image))
    throw new UserError('no_virtual_board', `the firmware for ${EMULATED} is not built`, {
      cure: `run ${hint`cd ${homePath('.')} && npm run setup`}`,
      exit: exitCodes.board,
    });
}

/**
 * The board's flash: made once, erased; name and clock are written at each start, the seed stays what the board has
 * made of it.
 */
function prepareFlash(path: string, { name, clock, busy }: EmulatorOptions): void {
  const fresh = !existsSync(path);
  const file = openSync(path, fresh ? 'w+' : 'r+');
  try {
    if (fresh) {
      writeSync(file, Buffer.alloc(qemuM7.flash.size, 0xff), 0, qemuM7.flash.size, 0);
      ftruncateSync(file, FLASH_BYTES);
    }
    const page = Buffer.alloc(4 + PROVISION.name + 4 + PROVISION.seed);
    page.writeUInt32LE(PROVISION.magic, 0);
    page.write(name, 4);
    page.writeUInt32LE(
      (clock === 'virtual' ? FLAGS.virtual : 0) | (busy === true ? FLAGS.busy : 0),
      4 + PROVISION.name,
    );
    const seedAt = 4 + PROVISION.name + 4;
    if (fresh) randomBytes(PROVISION.seed).copy(page, seedAt);
    else readSync(file, page, seedAt, PROVISION.seed, PROVISION.at + seedAt);
    writeSync(file, page, 0, page.length, PROVISION.at);
  } finally {
    closeSync(file);
  }
}

const tcpPort = (id: string): string => `socket,id=${id},host=127.0.0.1,port=0,server=on,wait=off,nodelay=on`;
const portOf = (filename: string): number => Number(/:(\d+),/.exec(filename)?.[1]);

/** What stands behind the board's first serial port. */
interface Way<L> {
  readonly chardev: string;
  /** Where the link is, from the emulator's name for it. */
  found(filename: string, state: string): L;
  transport(link: L): Transport;
}

/** What `tars` opens as a serial port. While nobody has it open the emulator looks at it once a second only. */
const PTY: Way<Pick<BoardAddress, 'pty'>> = {
  chardev: 'pty,id=link',
  found: (filename, state) => {
    const pty = join(state, 'pty');
    rmSync(pty, { force: true });
    symlinkSync(filename.replace(/^pty:/, ''), pty);
    return { pty };
  },
  transport: ({ pty }) => new SerialTransport(pty),
};

/** A link over TCP, whose port is known when the emulator has started. */
const TCP: Way<{ readonly tcp: number }> = {
  chardev: tcpPort('link'),
  found: (filename) => ({ tcp: portOf(filename) }),
  transport: ({ tcp }) => new TcpTransport({ host: '127.0.0.1', port: tcp }),
};

function commandLine({
  image,
  flash,
  qmp,
  link,
}: {
  image: string;
  flash: string;
  qmp: string;
  link: string;
}): string[] {
  return [
    '-M',
    'mps2-an500,memory-backend=flash',
    '-object',
    `memory-backend-file,id=flash,size=${FLASH_BYTES},mem-path=${flash},share=on`,
    '-icount',
    ICOUNT,
    '-nic',
    'user',
    '-kernel',
    image,
    '-display',
    'none',
    '-monitor',
    'none',
    '-S',
    '-chardev',
    link,
    '-serial',
    'chardev:link',
    '-chardev',
    tcpPort('bench'),
    '-serial',
    'chardev:bench',
    '-device',
    'tmp105,id=thermometer,address=0x48,bus=i2c',
    '-qmp',
    `unix:${qmp},server=on,wait=off`,
  ];
}

/** Ends the emulator with the process that has started it. */
const ATTACHED = ['setpriv', '--pdeathsig', 'KILL'];

/**
 * Starts a board that lives on after this process, unless that is its `parent`. What the emulator prints goes to
 * `board.log` in its state folder.
 */
export const startEmulator = (options: EmulatorOptions & { readonly parent?: number }): Promise<EmulatorAddress> =>
  start(options, PTY, options.parent === process.pid ? ATTACHED : []);

/** Starts a board that ends with this process at the latest. */
export const startEmulatorAttached = (options: EmulatorOptions): Promise<EmulatorAddress & Stoppable> =>
  attached(options, PTY);

/**
 * The same with its link on a TCP port, for tests that start many boards and shall not wait for the pseudo-terminal
 * each time.
 */
export const startEmulatorOnTcp = (options: EmulatorOptions): Promise<Emulator<{ readonly tcp: number }> & Stoppable> =>
  attached(options, TCP);

async function attached<L>(options: EmulatorOptions, way: Way<L>): Promise<Emulator<L> & Stoppable> {
  const emulator = await start(options, way, ATTACHED);
  // The board ends with this process; its socket would not.
  const remove = atEnd(() => rmSync(emulator.qmp, { force: true }));
  return { ...emulator, stop: (how) => end(emulator, how).finally(remove) };
}

async function end({ pid }: Emulator<unknown>, how?: NodeJS.Signals): Promise<void> {
  if (how !== undefined && isAlive(pid)) process.kill(pid, how);
  await stopProcess(pid);
}

async function start<L>(options: EmulatorOptions, way: Way<L>, prefix: readonly string[]): Promise<Emulator<L>> {
  const { state, name, image = homePath(IMAGE), hello = true } = options;
  demandEmulator(image);
  mkdirSync(state, { recursive: true });
  prepareFlash(join(state, 'flash.bin'), options);
  const near = join(state, 'qmp');
  const qmp = near.length <= SOCKET_PATH ? near : join(tmpdir(), `tars-qmp-${randomBytes(6).toString('hex')}`);
  const log = join(state, 'board.log');
  for (const path of [qmp, log]) rmSync(path, { force: true });
  const output = openSync(log, 'a');
  const [program = PROGRAM, ...args] = [
    ...prefix,
    PROGRAM,
    ...commandLine({ image, flash: join(state, 'flash.bin'), qmp, link: way.chardev }),
    ...(options.arguments ?? []),
  ];
  const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  child.unref();
  let failed = false;
  child.on('error', () => (failed = true)).on('exit', () => (failed = true));
  try {
    const control = await untilUp(qmp, () => failed);
    const filename = await chardevs(control);
    const link = way.found(filename('link'), state);
    await control.execute('cont');
    control.close();
    if (hello) await answer(() => way.transport(link));
    return { ...link, pid: child.pid ?? 0, bench: portOf(filename('bench')), qmp };
  } catch (error) {
    if (child.exitCode === null) child.kill('SIGKILL');
    rmSync(qmp, { force: true });
    const said = failed ? readFileSync(log, 'utf8').trimEnd().split('\n').at(-1) : '';
    throw new UserError(
      'board_failed',
      `the board ${name} did not start: ${said || (error instanceof Error ? error.message : String(error))}`,
      { cure: `see ${shellWord(log)}`, exit: exitCodes.board },
    );
  }
}

async function untilUp(qmp: string, failed: () => boolean): Promise<Qmp> {
  for (const end = Date.now() + READY_MS; Date.now() < end && !failed(); await sleep(POLL_MS)) {
    const control = existsSync(qmp) && (await Qmp.connect(qmp).catch(() => undefined));
    if (control) return control;
  }
  throw new Error('the emulator does not answer');
}

/** The emulator's names for what stands behind the serial ports. */
async function chardevs(control: Qmp): Promise<(label: string) => string> {
  const rows = (await control.execute('query-chardev')) as { label: string; filename: string }[];
  return (label) => rows.find((row) => row.label === label)?.filename ?? '';
}

/**
 * Waits until the board's app runs: before that it answers nobody, and on a busy computer that takes more than one
 * hello.
 */
async function answer(transport: () => Transport): Promise<void> {
  for (const end = Date.now() + READY_MS; ;) {
    const link = new LinkClient(transport());
    try {
      await link.connect();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    } finally {
      await link.close();
    }
  }
}
