/** Time that a processor was taken away, as a real-time thread on it sees it: see stolen.c. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A time span of CLOCK_MONOTONIC, which is also the clock of process.hrtime. */
export interface Span {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export class TheftWitness {
  private readonly thefts: Span[] = [];

  private constructor(private readonly child: ChildProcess, private readonly scratch: string) {}

  /** Watches a processor; undefined where real-time priority isn't to be had. */
  static async watch(processor: number): Promise<TheftWitness | undefined> {
    const scratch = mkdtempSync(join(tmpdir(), 'tars-stolen-'));
    const program = join(scratch, 'stolen');
    execFileSync('cc', ['-O2', '-D_GNU_SOURCE', join(import.meta.dirname, 'stolen.c'), '-o', program]);
    const child = spawn(program, [String(processor)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const witness = new TheftWitness(child, scratch);
    const ready = await new Promise<boolean>((resolve) => {
      child.once('exit', () => { resolve(false); });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [from, to] = line.split(' ');
        if (from === 'ready') resolve(true);
        else witness.thefts.push({ fromNs: BigInt(from ?? 0), toNs: BigInt(to ?? 0) });
      });
    });
    if (ready) return witness;
    witness.close();
    return undefined;
  }

  /** Milliseconds that were taken away within a span. Ask after close(), which waits for the last line. */
  stolenMs({ fromNs, toNs }: Span): number {
    const overlap = (theft: Span): number => Number((theft.toNs < toNs ? theft.toNs : toNs) - (theft.fromNs > fromNs ? theft.fromNs : fromNs));
    return this.thefts.reduce((sum, theft) => sum + Math.max(0, overlap(theft)), 0) / 1e6;
  }

  close(): void {
    this.child.kill();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** Keeps a thread on one processor. */
export function pinThread(thread: number, processor: number): void {
  execFileSync('taskset', ['-p', '-c', String(processor), String(thread)]);
}
