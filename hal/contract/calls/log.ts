import type { HostCall } from './types.js';

export const log = [
  {
    id: 29,
    name: 'log.emit',
    kinds: [],
    errors: [],
    cost: 'pure',
    params: [{ name: 'template', type: 'u8', doc: "index into the manifest's `logs`" }],
    doc: 'Logs a template with the fields put before it. `log "…", a, b` in .tars.',
  },
] as const satisfies readonly HostCall[];
