// Runs other programs for the developer scripts, with one line of progress each instead of pages of output.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './paths.mjs';

const tty = process.stdout.isTTY === true && !process.env.CI;

/** Seconds with one digit after the point. */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** True if `program` is on the PATH. No process is started: set-up asks for several programs each time. */
export function which(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A program that failed: its last lines of output are the message. */
export class RunError extends Error {
  constructor(command, code, output) {
    const tail = output.trimEnd().split('\n').slice(-40).join('\n');
    super(`${command} failed (${code})${tail && `:\n${tail}`}`);
    this.output = output;
  }
}

/** Runs a program and resolves with what it wrote; rejects with a RunError. `echo` passes its output on as it comes. */
export function run(program, args, { cwd = root, env = process.env, echo = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk) => {
      output += chunk;
      if (echo) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => reject(new RunError(program, error.code ?? error.message, output)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new RunError([program, ...args].join(' '), code ?? signal, echo ? '' : output));
    });
  });
}

/** Runs `work` under a line `  what … 1.2 s`; on a terminal the time runs while it works. */
export async function step(what, work) {
  const start = Date.now();
  const line = () => `  ${what} … ${seconds(Date.now() - start)}`;
  process.stdout.write(tty ? line() : `  ${what} …`);
  const timer = tty ? setInterval(() => process.stdout.write(`\r${line()}`), 200) : undefined;
  try {
    const result = await work();
    process.stdout.write(tty ? `\r${line()}\n` : ` ${seconds(Date.now() - start)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(tty ? `\r${line()} failed\n` : ' failed\n');
    throw error;
  } finally {
    clearInterval(timer);
  }
}
