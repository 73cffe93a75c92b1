/** A broker over MQTT 5: the operator's connection, and what can go wrong with it in the words of people. */
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import type { IClientOptions, MqttClient } from 'mqtt';
import type { Broker, BrokerMessage } from '../../ota/operator/broker.js';
import { exitCodes, systemCode, UserError } from '../errors.js';

export interface Connection {
  /** `mqtt[s]://host:port`. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** Certificate in PEM that the broker's must be signed by. */
  readonly ca?: string;
  /** Topic that is emptied when the connection is lost. */
  readonly will?: string;
  /**
   * Name under which the broker keeps what comes while this operator is away: a push that was killed misses no report.
   */
  readonly session?: string;
}

const CONNECT_MS = 10_000;
const CLOSE_MS = 3000;
/** Seconds for which the broker keeps the session of a push that was killed. */
const SESSION_S = 86_400;

/** Connects, or rejects with a UserError that says what to do. */
export async function connectBroker(connection: Connection): Promise<Broker> {
  const { connect } = await import('mqtt');
  const { url, user, password, ca, will, session } = connection;
  const options: IClientOptions = {
    protocolVersion: 5,
    clean: session === undefined,
    connectTimeout: CONNECT_MS,
    reconnectPeriod: 0,
    keepalive: 20,
    clientId:
      session === undefined
        ? `tars-${hostname().slice(0, 20)}-${randomBytes(6).toString('hex')}`
        : `tars-operator-${session}`,
    properties: { sessionExpiryInterval: session === undefined ? 0 : SESSION_S },
    ...(user && { username: user, ...(password !== undefined && { password }) }),
    ...(ca !== undefined && { ca }),
    ...(will !== undefined && { will: { topic: will, payload: Buffer.alloc(0), qos: 1 as const, retain: true } }),
  };
  const client = connect(url, options);
  // At once: what a session has kept may come with the acknowledgement of the connection.
  const broker = new MqttBroker(client, url);
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error('the connection was closed')));
    });
    return broker;
  } catch (error) {
    await client.endAsync(true).catch(() => undefined);
    throw explainConnection(url, error);
  }
}

class MqttBroker implements Broker {
  private listener: ((message: BrokerMessage) => void) | undefined;
  /** What came before there was a listener. */
  private readonly early: BrokerMessage[] = [];
  private lost: ((error: Error) => void) | undefined;
  private failure: Error | undefined;
  private closed = false;
  private breakOff: (error: Error) => void = () => undefined;
  /** Rejects when the connection is lost: what waits for an acknowledgement would wait for ever. */
  private readonly broken = new Promise<never>((_, reject) => (this.breakOff = reject));

  constructor(
    private readonly client: MqttClient,
    private readonly url: string,
  ) {
    this.broken.catch(() => undefined);
    client.on('message', (topic, payload, packet) => {
      const message = { topic, payload: new Uint8Array(payload), retained: packet.retain };
      if (this.listener) this.listener(message);
      else this.early.push(message);
    });
    client.on('close', () => this.fail(new Error('the connection was closed')));
    client.on('error', (error) => this.fail(error));
  }

  async publish(
    topic: string,
    payload: Uint8Array,
    { retain = false }: { readonly retain?: boolean } = {},
  ): Promise<void> {
    if (this.failure) throw this.failure;
    await Promise.race([this.client.publishAsync(topic, Buffer.from(payload), { qos: 1, retain }), this.broken]);
  }

  async subscribe(filters: readonly string[]): Promise<void> {
    const granted = await Promise.race([
      this.client.subscribeAsync([...filters], { qos: 1, rh: 0, rap: true }),
      this.broken,
    ]);
    const refused = granted.find(({ qos }) => qos > 2);
    if (refused)
      throw new UserError('denied', `the broker ${this.url} does not let this user read ${refused.topic}`, {
        cure: "give the operator's user the right to read and write below tars/v1/ at the broker",
        exit: exitCodes.board,
      });
  }

  onMessage(listener: (message: BrokerMessage) => void): void {
    this.listener = listener;
    for (const message of this.early.splice(0)) listener(message);
  }

  onLost(listener: (error: Error) => void): void {
    this.lost = listener;
    if (this.failure) listener(this.failure);
  }

  async close(): Promise<void> {
    this.closed = true;
    // An end that was meant: the broker need not keep anything for us.
    const ended = this.client.endAsync(false, { properties: { sessionExpiryInterval: 0 } }).catch(() => undefined);
    // It waits for every acknowledgement, and one may never come.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), CLOSE_MS)));
    if ((await Promise.race([ended, late])) === 'late') this.client.end(true);
    clearTimeout(timer);
  }

  private fail(cause: Error): void {
    if (this.closed || this.failure) return;
    this.failure = new UserError('broker_gone', `the connection to the broker ${this.url} is lost (${cause.message})`, {
      cure: 'run the same command again when the broker is back: it goes on where it was',
      exit: exitCodes.board,
    });
    this.breakOff(this.failure);
    this.lost?.(this.failure);
  }
}

/** Reason codes of MQTT 3.1.1 and 5 for who may not come in. */
const DENIED = [4, 5, 134, 135, 138, 140];
const NO_CA = "name the certificate that the broker's is signed by with --ca, as `tars provision` got it";
const TLS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "renew the broker's certificate, or set the clock of this computer if it is wrong",
  CERT_NOT_YET_VALID: "set the clock of this computer: the broker's certificate begins later",
  ERR_TLS_CERT_ALTNAME_INVALID: 'name the broker as its certificate does',
};

/** Why there is no connection, and what helps. */
export function explainConnection(url: string, error: unknown): UserError {
  const exit = exitCodes.board;
  const fail = (code: string, why: string, cure: string): UserError =>
    new UserError(code, `no connection to the broker ${url}: ${why}`, { cure, exit });
  const text = error instanceof Error ? error.message : String(error);
  const code = systemCode(error) ?? codes(error)[0];
  const number = error instanceof Error && 'code' in error ? Number(error.code) : NaN;
  if (DENIED.includes(number))
    return fail('denied', 'it does not let this user in', 'check --user and the password (TARS_BROKER_PASSWORD)');
  if (code === 'ECONNREFUSED')
    return fail(
      'broker_down',
      'nothing listens there',
      'start the broker (for the desk: `tars broker`), or check host and port',
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fail('broker_down', 'there is no such host', 'check the host in --broker');
  if (code !== undefined && TLS[code]) return fail('tls', text, TLS[code]);
  if (code !== undefined && /^(UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|CERT_|ERR_SSL|ERR_TLS|EPROTO)/.test(code))
    return fail('wrong_ca', `its certificate is not signed by the one that is trusted (${code})`, NO_CA);
  if (/connack timeout|ETIMEDOUT|timed? ?out/i.test(`${text} ${code ?? ''}`))
    return fail(
      'broker_down',
      'it does not answer',
      'check host and port, and that it speaks MQTT there (mqtt:// without TLS, mqtts:// with)',
    );
  return fail('broker_down', code ?? text, 'check host, port, and whether it wants mqtt:// or mqtts://');
}

/** Codes of errors that were tried together: IPv4 and IPv6 of a name. */
const codes = (error: unknown): string[] =>
  error instanceof AggregateError ? error.errors.flatMap((each) => systemCode(each) ?? []) : [];
