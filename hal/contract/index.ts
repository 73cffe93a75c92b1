/** The contract, whole. Data only: see types.ts for the vocabulary. */
export * from './types.js';
export { calls, groups, tombstones } from './calls/index.js';
export { errors, ERROR_BASE } from './errors.js';
export { kinds, lifecycle, paramTypes, sources } from './kinds.js';
export { limits } from './limits.js';
export { ENTRY, EXPORTS, manifest, SECTION } from './manifest.js';
export { bench } from './wire/bench.js';
export {
  bundle,
  bundleParameters,
  formErrors,
  grantBudget,
  grants,
  refusals,
  roles,
  root,
  rootRefusals,
} from './wire/bundle.js';
export type { BundleParameter, GrantKind, GrantRule, Refusal, Role } from './wire/bundle.js';
export { blobs, commandable, fleet, freshness, phases, signed, topicRoot, topics } from './wire/fleet.js';
export type { SignedDocument } from './wire/fleet.js';
export { frame } from './wire/frame.js';
export { link, statuses, uploads } from './wire/link.js';
