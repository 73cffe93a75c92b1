/** Whether a board can run an app, as far as that is known before anything is sent. The board checks it all again. */
import { calls, limits } from '../../hal/contract/index.js';
import type { App } from '../../ota/host/app.js';
import { decodeManifest, manifestBytes } from '../../sdk/image/index.js';
import { UserError } from '../errors.js';
import type { Hello } from '../transport/link.js';

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

/** Ids of the host calls that a module asks for; none if its manifest can't be read, which the board will say. */
function callsOf(module: Uint8Array): readonly number[] {
  const content = manifestBytes(module);
  const result = content && decodeManifest(content);
  return result && 'manifest' in result ? result.manifest.calls : [];
}
