/** The bench of a virtual board: what is wired to it, and its time. */
import { randomInt } from 'node:crypto';
import { bench, type ResponseBody } from '../../sdk/wire/index.js';
import { Client, HELLO } from './client.js';
import type { Transport } from './transport.js';

export type BenchHello = ResponseBody<(typeof bench)['hello']>;

export class BenchClient extends Client<typeof bench> {
  constructor(transport: Transport) {
    super(transport, bench);
  }

  /** Opens the transport and a session; earlier watches end. */
  async connect(): Promise<BenchHello> {
    await this.open();
    const hello = await this.request('hello', { nonce: randomInt(0, 2 ** 32) }, HELLO);
    this.begin();
    return hello;
  }
}
