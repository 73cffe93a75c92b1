/** The link to a board: a client of the contract's link messages, opened with `hello`. */
import { randomInt } from 'node:crypto';
import { link, type ResponseBody } from '../../sdk/wire/index.js';
import { Client, HELLO } from './client.js';
import type { Transport } from './transport.js';

/** What a board says of itself when a session opens. */
export type Hello = ResponseBody<(typeof link)['hello']>;

export class LinkClient extends Client<typeof link> {
  constructor(transport: Transport) {
    super(transport, link);
  }

  /** Opens the transport and a session; the board forgets the last session's sequence numbers and subscriptions. */
  async connect(onWait?: () => void): Promise<Hello> {
    await this.open();
    const hello = await this.request(
      'hello',
      { nonce: randomInt(0, 2 ** 32) },
      { ...HELLO, ...(onWait && { onWait }) },
    );
    this.begin();
    return hello;
  }
}
