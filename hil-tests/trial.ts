/** Trials that nobody confirms: what tests of resets share. */
import type { Session } from '../cli/device/session.js';
import type { LinkClient } from '../cli/transport/link.js';
import { moduleDigest } from '../ota/host/app.js';

/** Sends an app that is to be stored, and begins its trial; a board that fails at once doesn't answer. */
export async function beginTrial({ link, hello }: Session, modules: readonly Uint8Array[]): Promise<void> {
  const digests = Buffer.concat(modules.map(moduleDigest));
  const app = { class: hello.class, store: true, digests, sizes: modules.map(({ length }) => length) };
  const { missing } = await link.request('install.begin', app);
  for (const [module, data] of modules.entries())
    if ((missing >>> module) & 1) await link.request('install.data', { module, offset: 0, data });
  await link.request('install.commit', {}, { attempts: 1 }).catch(() => undefined);
}

/** Behaviours that run. */
export async function running(link: LinkClient): Promise<string[]> {
  const names: string[] = [];
  for (let index = 0; ; index++) {
    const row = await link.request('list', { index }).catch(() => undefined);
    if (!row) return names;
    names.push(row.trial ? `${row.behaviour} (trial)` : row.behaviour);
  }
}
