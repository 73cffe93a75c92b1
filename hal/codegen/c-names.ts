/** Names of the structs of messages in C. */
import type { Message } from '../contract/index.js';
import { snake } from './text.js';

/** Name of the struct of a message's own fields. */
export const bodyStruct = (protocol: string, message: Message): string =>
  `tars_${protocol}_${snake(message.name)}_${message.kind}`;
/** Name of the struct of a response. */
export const responseStruct = (protocol: string, message: Message): string =>
  `tars_${protocol}_${snake(message.name)}_response`;
