/** What `tars inspect` shows of bundles and root documents. */
import { isEnvelope, isRefused } from '../../ota/host/envelope.js';
import { explainBundle, explainRoot } from '../../ota/host/explain.js';
import { exitCodes, type ExitCode } from '../errors.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { explainRefusal } from './refusal.js';

/** Shows every field. Fails if the bytes break the template, or a digest in them doesn't fit. */
export function showSigned(path: string, bytes: Uint8Array, terminal: Terminal): ExitCode {
  const explained = isEnvelope('bundle', bytes) ? explainBundle(bytes) : explainRoot(bytes);
  if (isRefused(explained)) throw explainRefusal(path, explained);
  const { kind, size, fields } = explained;
  const sound = !fields.some(({ value }) => /DOES NOT FIT|MISSING/.test(value));
  if (terminal.json) terminal.out(JSON.stringify({ kind, bytes: size, sound, fields }));
  else {
    terminal.out(terminal.color.bold(`${kind}: ${size} bytes`));
    for (const line of table(
      [['FIELD', 'VALUE', 'MEANING'], ...fields.map(({ field, value, doc }) => [field, value, doc])],
      terminal,
    ))
      terminal.out(`  ${line}`);
  }
  return sound ? exitCodes.ok : exitCodes.request;
}
