/** How a command ends before it is done: by a signal, an error that nobody caught, or a reader that goes away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Ctrl-C, the end that other programs ask for, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type Signal = (typeof SIGNALS)[number];

/** Resolves when the user ends the command; `off` stops listening. */
export function interrupted(): { readonly by: Promise<Signal>; off(): void } {
  let off = (): void => undefined;
  const by = new Promise<Signal>((resolve) => {
    const listeners = SIGNALS.map((signal) => [signal, (): void => resolve(signal)] as const);
    for (const [signal, listener] of listeners) process.once(signal, listener);
    off = () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
  });
  return { by, off };
}

/** What is left to be done, the newest last. */
const left: (() => void)[] = [];

function finish(): void {
  for (let work = left.pop(); work; work = left.pop()) work();
}

/** Ends the process as the signal would have, if the command doesn't end by it in its own way. */
function onSignal(signal: Signal): void {
  if (process.listenerCount(signal) > 1) return;
  finish();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

/**
 * Does something when the process ends, however it does unless it is killed; the newest first. Returns what does it
 * now.
 */
export function atEnd(work: () => void): () => void {
  if (left.length === 0) {
    process.once('exit', finish);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  left.push(work);
  return () => {
    const index = left.indexOf(work);
    if (index < 0) return;
    left.splice(index, 1);
    if (left.length === 0) {
      process.off('exit', finish);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    }
    work();
  };
}

/** An empty folder that is gone when the process is, or when `remove` is called. */
export function scratchFolder(purpose: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `tars-${purpose}-`));
  // A process that was killed a moment ago may still make a file there.
  return { path, remove: atEnd(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 })) };
}
