/** A session with a board: finds the port, opens it, says hello, and closes it whatever happens. */
import { UserError } from '../errors.js';
import { standardTerminal } from '../terminal/terminal.js';
import { BoardError, HELLO } from '../transport/client.js';
import { findPort } from './ports.js';
import { loggedReasons } from './reasons.js';
import { LinkClient, type Hello } from '../transport/link.js';

export interface Session {
  readonly link: LinkClient;
  readonly hello: Hello;
}

const sayWait = (port: string): void =>
  standardTerminal(false).note(
    `the board on ${port} does not answer yet: waiting up to ${(HELLO.timeoutMs * HELLO.attempts) / 1000} s for it`,
  );

/** Opens a session with the board on `port` (the only one if undefined). The caller closes `link`. */
export async function openSession(port: string | undefined): Promise<Session> {
  const { ways } = await findPort(port);
  for (const [index, way] of ways.entries()) {
    const link = new LinkClient(await way());
    try {
      return { link, hello: await link.connect(() => sayWait(link.name)) };
    } catch (error) {
      await link.close();
      const taken = error instanceof UserError && error.code === 'port_in_use';
      if (!taken || index === ways.length - 1) throw error;
    }
  }
  throw new Error('a port without a way to it');
}

/** Runs `work` in a session. A refusal of the board is told with what the board has logged about it. */
export async function withSession<T>(port: string | undefined, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(port);
  try {
    return await work(session);
  } catch (error) {
    throw error instanceof BoardError && !error.told
      ? error.with(await loggedReasons(session.link, session.hello.time))
      : error;
  } finally {
    await session.link.close();
  }
}
