/** What the signer of a bundle allows its app of the processor, for people. */
import type { Grant } from '../../ota/host/grant.js';
import { percent } from '../terminal/values.js';

export const grantText = ({ budget: { load, priority } }: Grant): string =>
  `granted: ${load === 0 ? 'the load that its modules come to at worst' : `a load of at most ${percent(load)}`}, ` +
  `priorities up to ${priority}`;
