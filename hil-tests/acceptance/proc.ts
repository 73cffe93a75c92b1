/** What the operating system knows of a board that is a process of this computer. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Resident memory in KiB. From `smaps_rollup`: `statm` counts in batches for each processor and may be off by as much
 * as is asked for here.
 */
export function residentKiB(pid: number): number {
  return Number(/^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);
}

/** Where the system keeps the processor time of a thread: nanoseconds charged to it are the first figure. */
export function schedstatPath(pid: number, thread: number): string {
  return `/proc/${pid}/task/${thread}/schedstat`;
}

/** Processor time of each thread in milliseconds, by thread id. */
export function threadTimesMs(pid: number): Map<number, number> {
  return new Map(readdirSync(`/proc/${pid}/task`).map((thread) => [Number(thread), threadTimeMs(pid, Number(thread))]));
}

/** The thread whose processor time grew most between two readings. */
export function busiestThread(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  const grown = [...after].map(([thread, time]) => ({ thread, by: time - (before.get(thread) ?? 0) }));
  return grown.sort((a, b) => b.by - a.by)[0]?.thread ?? 0;
}

/** Processor time of one thread in milliseconds. */
export function threadTimeMs(pid: number, thread: number): number {
  const [ns = '0'] = readFileSync(schedstatPath(pid, thread), 'utf8').split(' ');
  return Number(ns) / 1e6;
}
