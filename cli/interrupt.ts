/** Ctrl-C in a command that changes something: it says what was done, and how to go on. */
import { interrupted } from './ends.js';
import { UserError } from './errors.js';

/** What stands when the user ends a command. */
export interface Standing {
  readonly done: string;
  readonly cure: string;
}

export const interruptedError = ({ done, cure }: Standing): UserError =>
  new UserError('interrupted', `interrupted; ${done}`, { cure });

/**
 * Runs `work`. If the user ends it first, throws what stands then; whoever called gives back what `work` uses. Files
 * are written in one go, so none is left half-written.
 */
export async function interruptible<T>(work: () => Promise<T>, standing: () => Standing): Promise<T> {
  const user = interrupted();
  const ended = user.by.then((): never => {
    throw interruptedError(standing());
  });
  const working = work();
  working.catch(() => undefined);
  try {
    return await Promise.race([working, ended]);
  } finally {
    user.off();
  }
}

/** For work that must be ended between two steps: throws when the user has asked for it. */
export function stopper(): { check(standing: Standing): void; off(): void } {
  const user = interrupted();
  let asked = false;
  void user.by.then(() => (asked = true));
  return {
    check: (standing) => {
      if (asked) throw interruptedError(standing);
    },
    off: user.off,
  };
}
