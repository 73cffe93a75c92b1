/** Whether a board can run an app, as far as that is known before anything is sent. The board checks it all again. */
import { calls, limits } from '../../hal/contract/index.js';
import type { App } from '../../ota/host/app.js';
import type { BoardFile } from '../../boards/schema.js';
import { needsOf } from '../../sdk/engine/index.js';
import { decodeManifest, type Manifest, manifestBytes, verify } from '../../sdk/image/index.js';
import { UserError } from '../errors.js';
import type { Hello } from '../transport/link.js';
import { checkShares, type Clock, type Timed } from './shares.js';

/** Throws a UserError that names what the board lacks. */
export function checkFits({ modules }: App, hello: Hello): void {
  if (hello.abi !== limits.abi.value) {
    throw new UserError(
      'abi',
      `the board speaks ABI version ${hello.abi}, this tars builds for version ${limits.abi.value}`,
      {
        cure: hello.abi < limits.abi.value ? 'update the firmware of the board' : 'update tars',
      },
    );
  }
  for (const id of modules.flatMap(callsOf)) {
    if (((hello.calls[id >> 3] ?? 0) >> (id & 7)) & 1) continue;
    const name = calls.find((call) => call.id === id)?.name ?? `number ${id}`;
    throw new UserError('missing_call', `the board lacks the host call ${name}`, {
      cure: 'update its firmware, or avoid the call',
    });
  }
}

/** What of a board decides whether an app has room and time on it; of one without a board file the time is unknown. */
export type Room = Pick<BoardFile, 'name' | 'pointer'> & {
  readonly budgets: Pick<BoardFile['budgets'], 'arena' | 'stack'>;
  readonly clock?: Clock;
};

/** Throws a UserError if a board has not the memory or the processor time for the modules of an app. */
export function checkRoom(modules: readonly Uint8Array[], room: Room, places: readonly Timed['places'][] = []): void {
  checkMemory(modules, room);
  if (!room.clock) return;
  // What can't be read the board refuses, saying why.
  const behaviours = modules.flatMap((module, i) => {
    const manifest = manifestOf(module);
    return manifest ? [{ manifest, places: places[i] }] : [];
  });
  checkShares(behaviours, room.clock);
}

/** Throws a UserError if the engine of a board would not have the memory for one of the modules, or for its calls. */
function checkMemory(modules: readonly Uint8Array[], { name, pointer, budgets }: Room): void {
  for (const module of modules) {
    const excess = verify(module).find(({ verdict }) => verdict === 'excess');
    if (excess)
      throw new UserError('excess', `${nameOf(module)} has too much for a board: ${excess.why}`, {
        cure: 'make two behaviours of it; docs/host-calls.md lists the limits',
      });
    const needs = needsOf(module, pointer ?? 8);
    if (!needs) continue; // not valid: the board says why
    const who = nameOf(module);
    if (needs.arena > budgets.arena)
      throw new UserError(
        'nomem',
        `${who} needs ${needs.arena} bytes of memory, a behaviour on ${name} has ${budgets.arena}`,
        {
          cure: 'make it smaller or two of it: fewer branches and constants; see `tars check --bounds`',
        },
      );
    if (needs.stack > budgets.stack)
      throw new UserError('stack', `${who} needs ${needs.stack} bytes of stack, ${name} has ${budgets.stack}`, {
        cure: 'use fewer variables and constants: the engine keeps each constant of a function on the stack',
      });
  }
}

const manifestOf = (module: Uint8Array): Manifest | undefined => {
  const content = manifestBytes(module);
  const result = content && decodeManifest(content);
  return result && 'manifest' in result ? result.manifest : undefined;
};

const nameOf = (module: Uint8Array): string => manifestOf(module)?.name ?? 'a module';

/** Ids of the host calls that a module asks for; none if its manifest can't be read, which the board will say. */
const callsOf = (module: Uint8Array): readonly number[] => manifestOf(module)?.calls ?? [];
