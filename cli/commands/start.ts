/** `tars start`: starts a stopped or parked behaviour. */
import { lifecycleCommand } from '../device/lifecycle.js';

export const command = lifecycleCommand({
  request: 'start',
  done: 'started',
  examples: [['tars start blink', 'start it again after `tars stop`, or after it was parked']],
});
