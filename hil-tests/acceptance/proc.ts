/** What the operating system knows of a board that is a process of this computer. */
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in KiB. From `smaps_rollup`: `statm` counts in batches for each processor and may be off by as much as is asked for here. */
export function residentKiB(pid: number): number {
  return Number(/^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);
}

/** Processor time of each thread in milliseconds, by thread id. */
export function threadTimesMs(pid: number): Map<number, number> {
  const folder = `/proc/${pid}/task`;
  return new Map(readdirSync(folder).map((thread) => {
    const [ns = '0'] = readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ');
    return [Number(thread), Number(ns) / 1e6];
  }));
}

/** The thread whose processor time grew most between two readings. */
export function busiestThread(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  const grown = [...after].map(([thread, time]) => ({ thread, by: time - (before.get(thread) ?? 0) }));
  return grown.sort((a, b) => b.by - a.by)[0]?.thread ?? 0;
}

/** Processor time of one thread in milliseconds. */
export function threadTimeMs(pid: number, thread: number): number {
  const [ns = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
  return Number(ns) / 1e6;
}
