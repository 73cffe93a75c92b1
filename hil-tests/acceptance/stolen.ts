/**
 * Time that a processor was taken away and charged to a thread on it, as a real-time thread beside it sees it: see
 * stolen.c.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { schedstatPath } from './proc.js';

/** A time span of CLOCK_MONOTONIC, which is also the clock of process.hrtime. */
export interface Span {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

interface Theft extends Span {
  readonly stolenNs: number;
}

export class TheftWitness {
  private readonly thefts: Theft[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly scratch: string,
  ) {}

  /**
   * Watches a thread, and keeps it on a processor with the witness; undefined where real-time priority isn't to be had.
   */
  static async watch(pid: number, thread: number, processor: number): Promise<TheftWitness | undefined> {
    execFileSync('taskset', ['-p', '-c', String(processor), String(thread)]);
    const scratch = mkdtempSync(join(tmpdir(), 'tars-stolen-'));
    const program = join(scratch, 'stolen');
    execFileSync('cc', ['-O2', '-D_GNU_SOURCE', join(import.meta.dirname, 'stolen.c'), '-o', program]);
    const child = spawn(program, [String(processor), schedstatPath(pid, thread)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const witness = new TheftWitness(child, scratch);
    const ready = await new Promise<boolean>((resolve) => {
      child.once('exit', () => {
        resolve(false);
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [from, to, stolen] = line.split(' ');
        if (from === 'ready') resolve(true);
        else witness.thefts.push({ fromNs: BigInt(from ?? 0), toNs: BigInt(to ?? 0), stolenNs: Number(stolen) });
      });
    });
    if (ready) return witness;
    witness.close();
    return undefined;
  }

  /**
   * Milliseconds that were stolen from the thread between two wakes of the witness that lie within a span, or reach
   * into it.
   */
  stolenMs({ fromNs, toNs }: Span): number {
    return (
      this.thefts
        .filter((theft) => theft.toNs > fromNs && theft.fromNs < toNs)
        .reduce((sum, theft) => sum + theft.stolenNs, 0) / 1e6
    );
  }

  close(): void {
    this.child.kill();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
