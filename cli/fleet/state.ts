/** Where an operator's state of a fleet lies, and that only one process at a time writes it. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { type Holder, tryLock } from '../lock.js';

/** Folder of a fleet of an owner, below the user's state directory. */
export function fleetFolder(owner: string, fleet: string): string {
  const state = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(state, 'tars', 'fleets', `${owner}.${fleet}`);
}

/** Takes the state for this process; throws a UserError if another one has it. Returns what gives it back. */
export function lockState(folder: string): () => void {
  const taken = tryLock(join(folder, 'operator.lock'));
  if (typeof taken !== 'function') throw busy(taken);
  return taken;
}

const busy = ({ pid, since }: Holder): UserError =>
  new UserError('two_operators', `another push to this fleet runs on this computer (process ${pid}, since ${since})`, {
    cure: 'wait until it has ended, and look at `tars ota status`',
  });
