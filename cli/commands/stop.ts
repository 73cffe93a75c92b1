/** `tars stop`: stops a behaviour; its outputs go to their safe state. */
import { lifecycleCommand } from '../device/lifecycle.js';

export const command = lifecycleCommand({
  request: 'stop',
  done: 'stopped',
  examples: [['tars stop blink', 'stop it; its outputs go to their safe state, the others go on']],
});
