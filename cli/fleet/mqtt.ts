/** A broker over MQTT 5: the operator's connection, and what can go wrong with it in the words of people. */
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import type { IClientOptions, IConnackPacket, MqttClient } from 'mqtt';
import type { Broker, BrokerMessage } from '../../ota/operator/broker.js';
import { exitCodes, systemCode, UserError } from '../errors.js';
import { MOST_BYTES } from '../files.js';
import { PacketLengths } from './packets.js';

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

/** Reason codes of a broker that speaks MQTT 3.1.1 only. */
const OLD_PROTOCOL = [1, 132];

/** Connects, or rejects with a UserError that says what to do. A broker that knows no MQTT 5 is spoken to in 3.1.1. */
export async function connectBroker(connection: Connection): Promise<Broker> {
  try {
    return await connectWith(connection, 5);
  } catch (error) {
    if (!OLD_PROTOCOL.includes(reasonOf(error))) throw explainConnection(connection.url, error);
  }
  try {
    return await connectWith(connection, 4);
  } catch (error) {
    throw explainConnection(connection.url, error);
  }
}

async function connectWith(connection: Connection, protocolVersion: 4 | 5): Promise<Broker> {
  const { connect } = await import('mqtt');
  const { url, user, password, ca, will, session } = connection;
  const options: IClientOptions = {
    protocolVersion,
    clean: session === undefined,
    connectTimeout: CONNECT_MS,
    reconnectPeriod: 0,
    keepalive: 20,
    clientId:
      session === undefined
        ? `tars-${hostname().slice(0, 20)}-${randomBytes(6).toString('hex')}`
        : `tars-operator-${session}`,
    ...(protocolVersion === 5 && {
      properties: { sessionExpiryInterval: session === undefined ? 0 : SESSION_S, maximumPacketSize: MOST_BYTES },
    }),
    ...(user && { username: user, ...(password !== undefined && { password }) }),
    ...(ca !== undefined && { ca }),
    ...(will !== undefined && { will: { topic: will, payload: Buffer.alloc(0), qos: 1 as const, retain: true } }),
  };
  const client = connect(url, options);
  // At once: what a session has kept may come with the acknowledgement of the connection.
  const broker = new MqttBroker(client, url);
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('connect', ({ properties }) => {
        const lacks = lacking(url, properties);
        broker.largest = properties?.maximumPacketSize ?? Infinity;
        if (lacks) reject(lacks);
        else resolve();
      });
      client.once('error', reject);
      client.once('close', () => reject(broker.failure ?? new Error('the connection was closed')));
    });
    return broker;
  } catch (error) {
    await client.endAsync(true).catch(() => undefined);
    throw error;
  }
}

/** What a broker says that it can't do, and nothing works without. */
function lacking(url: string, properties: IConnackPacket['properties']): UserError | undefined {
  const lacks = (what: string, cure: string): UserError =>
    new UserError('broker_limits', `the broker ${url} ${what}`, { cure, exit: exitCodes.board });
  if (properties?.retainAvailable === false)
    return lacks(
      'keeps no retained messages, and devices that were off line learn of nothing without them',
      'switch them on at the broker (mosquitto: `retain_available true`), or use another one',
    );
  if (properties?.maximumQoS === 0)
    return lacks(
      'acknowledges nothing (QoS 0 only)',
      'allow QoS 1 at the broker (mosquitto: `max_qos 1`), or use another one',
    );
  if (properties?.wildcardSubscriptionAvailable === false)
    return lacks('knows no wildcards in subscriptions, and no device would be found', WILDCARDS);
  return undefined;
}

/** Bytes of a message beside its topic and payload, at most. */
const OVERHEAD = 16;

/** Most messages that are kept until there is a listener, and most bytes of their topics and payloads. */
const EARLY_MESSAGES = 10_000;
const EARLY_BYTES = 32 * 1024 * 1024;

class MqttBroker implements Broker {
  /** Most bytes of a message that the broker takes. */
  largest = Infinity;
  private listener: ((message: BrokerMessage) => void) | undefined;
  /** What came before there was a listener. */
  private readonly early: BrokerMessage[] = [];
  private earlyBytes = 0;
  private lost: ((error: Error) => void) | undefined;
  /** Why the connection has ended. */
  failure: UserError | undefined;
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
      else this.keep(message);
    });
    // A broker of MQTT 3.1.1 knows no bound, and a bad one keeps to none: a packet is refused before it is gathered.
    const lengths = new PacketLengths(MOST_BYTES);
    client.stream.prependListener('data', (chunk: Uint8Array) => {
      const size = lengths.excess(chunk);
      if (size === undefined) return;
      this.end(this.nonsense(new Error(`a packet of ${size} bytes, at most ${MOST_BYTES}`)));
      client.stream.destroy();
    });
    // Its last word says more than the end of the connection that follows.
    client.on('disconnect', ({ reasonCode }) => this.fail(new Error(refusalText(reasonCode ?? 0)), reasonCode));
    client.on('close', () => this.fail(new Error('the connection was closed')));
    client.on('error', (error) => this.fail(error));
  }

  /** A session that a broker has kept comes before there is a listener; what is more than that is no session. */
  private keep(message: BrokerMessage): void {
    if (this.failure) return;
    this.earlyBytes += message.topic.length + message.payload.length;
    if (this.early.push(message) <= EARLY_MESSAGES && this.earlyBytes <= EARLY_BYTES) return;
    const [{ length }, bytes] = [this.early.splice(0), this.earlyBytes];
    this.end(
      new UserError('broker_gone', `the broker ${this.url} sent ${length} messages (${bytes} bytes) unasked`, {
        cure: 'look into the log of the broker, or use another one',
        exit: exitCodes.board,
      }),
    );
    this.client.stream.destroy();
  }

  async publish(
    topic: string,
    payload: Uint8Array,
    { retain = false }: { readonly retain?: boolean } = {},
  ): Promise<void> {
    if (this.failure) throw this.failure;
    const size = Buffer.byteLength(topic) + payload.length + OVERHEAD;
    if (size > this.largest) throw refusedError(this.url, topic, TOO_LARGE, `: ${size} bytes, at most ${this.largest}`);
    const published = this.client.publishAsync(topic, Buffer.from(payload), { qos: 1, retain });
    await Promise.race([published, this.broken]).catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      throw reasonOf(error) < 128 ? this.nonsense(error) : refusedError(this.url, topic, reasonOf(error));
    });
  }

  async subscribe(filters: readonly string[]): Promise<void> {
    const subscribed = this.client.subscribeAsync([...filters], { qos: 1, rh: 0, rap: true });
    await Promise.race([subscribed, this.broken]).catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      const granted = grantedOf(error);
      const place = granted.findIndex((reason) => reason >= 128);
      const refused = filters[place];
      if (refused === undefined) throw this.nonsense(error);
      throw unreadError(this.url, refused, granted[place] ?? 0);
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
    if (this.failure) return void this.client.end(true);
    // An end that was meant: the broker need not keep anything for us.
    const ended = this.client.endAsync(false, { properties: { sessionExpiryInterval: 0 } }).catch(() => undefined);
    // It waits for every acknowledgement, and one may never come.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), CLOSE_MS)));
    if ((await Promise.race([ended, late])) === 'late') this.client.end(true);
    clearTimeout(timer);
  }

  /** An answer that is no MQTT is the broker's doing, not a bug of ours. */
  private nonsense(error: unknown): UserError {
    const text = error instanceof Error ? error.message : String(error);
    return new UserError('broker_gone', `the broker ${this.url} answers what is no MQTT (${text})`, {
      cure: 'look into the log of the broker, or use another one',
      exit: exitCodes.board,
    });
  }

  private fail(cause: Error, reason = 0): void {
    this.end(
      new UserError('broker_gone', `the connection to the broker ${this.url} is lost (${cause.message})`, {
        cure: REFUSED[reason]?.cure ?? WHEN_BACK,
        exit: exitCodes.board,
      }),
    );
  }

  private end(failure: UserError): void {
    if (this.closed || this.failure) return;
    this.failure = failure;
    this.breakOff(failure);
    this.lost?.(failure);
  }
}

/** Reason code of MQTT in an error of the library; 0: it has none. */
function reasonOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? Number(error.code) : 0;
  return Number.isInteger(code) ? code : 0;
}

/** The broker's answer to each subscription, if the error comes from there. */
const grantedOf = (error: unknown): readonly number[] =>
  ((error as { readonly packet?: { readonly granted?: readonly unknown[] } }).packet?.granted ?? []).map(Number);

const TOO_LARGE = 149;

const LOG = 'look into the log of the broker';
const WHEN_BACK = 'run the same command again when the broker is back: it goes on where it was';
const GIVE_RIGHT = "give the operator's user the right to read and write below tars/v1/ at the broker";
const OTHER_BROKER = 'ask who runs the broker for the other one, and name it with --broker';
const WILDCARDS = 'allow wildcards in subscriptions at the broker, or use another one';

/** Reason codes of MQTT 5 with which a broker refuses or ends a connection, or what it is sent: meaning and cure. */
const REFUSED: Readonly<Record<number, { readonly what: string; readonly cure: string }>> = {
  131: { what: 'it does not want to say why', cure: LOG },
  133: {
    what: 'it does not take the name of this client',
    cure: 'allow client ids that begin with tars- at the broker',
  },
  135: { what: 'this user may not write there', cure: GIVE_RIGHT },
  136: { what: 'it is not available', cure: WHEN_BACK },
  137: { what: 'it is busy', cure: WHEN_BACK },
  139: { what: 'it shuts down', cure: WHEN_BACK },
  142: {
    what: 'somebody else has connected under the same name',
    cure: "end the other tars that has a copy of this operator's memory",
  },
  143: { what: 'it does not allow this filter of topics', cure: 'allow the topics below tars/v1/ at the broker' },
  144: { what: 'it does not allow this topic', cure: 'allow the topics below tars/v1/ at the broker' },
  147: { what: 'it takes fewer messages at once', cure: 'raise its receive maximum, then run the same command again' },
  149: {
    what: 'the message is too large for it',
    cure: 'raise its limit (mosquitto: `max_packet_size`) above 16384 bytes, or as far as the roll of the fleet needs',
  },
  150: { what: 'messages come too fast for it', cure: 'raise its rate, then run the same command again' },
  151: {
    what: 'a quota is used up',
    cure: 'raise the quota of this user at the broker, then run the same command again',
  },
  152: { what: 'its administrator has ended the connection', cure: 'ask who runs the broker' },
  153: { what: 'it wants payloads of another form', cure: 'switch off the check of payloads below tars/v1/' },
  154: {
    what: 'it keeps no retained messages',
    cure: 'switch them on at the broker (mosquitto: `retain_available true`)',
  },
  155: { what: 'it acknowledges nothing (QoS 0 only)', cure: 'allow QoS 1 at the broker (mosquitto: `max_qos 1`)' },
  156: { what: 'another one is to be used for now', cure: OTHER_BROKER },
  157: { what: 'it has moved', cure: OTHER_BROKER },
  159: { what: 'too many connect to it at once', cure: WHEN_BACK },
  160: { what: 'it ends connections that are old', cure: WHEN_BACK },
  162: { what: 'it knows no wildcards in subscriptions', cure: WILDCARDS },
};
/** The same in MQTT 3.1.1. */
const OLD_REASONS: Readonly<Record<number, number>> = { 2: 133, 3: 136 };

const refusalText = (reason: number): string => REFUSED[reason]?.what ?? `it says reason ${reason}`;

/** A message that the broker doesn't take. */
const refusedError = (url: string, topic: string, reason: number, more = ''): UserError =>
  new UserError('broker_refused', `the broker ${url} refuses ${topic}: ${refusalText(reason)}${more}`, {
    cure: REFUSED[reason]?.cure ?? LOG,
    exit: exitCodes.board,
  });

/** A subscription that the broker doesn't take; in MQTT 3.1.1 it can't say why, and most often it is the right to. */
const unreadError = (url: string, filter: string, reason: number): UserError =>
  reason === 128 || reason === 135
    ? new UserError('denied', `the broker ${url} does not let this user read ${filter}`, {
        cure: GIVE_RIGHT,
        exit: exitCodes.board,
      })
    : refusedError(url, filter, reason);

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
  if (error instanceof UserError) return error;
  const exit = exitCodes.board;
  const fail = (code: string, why: string, cure: string): UserError =>
    new UserError(code, `no connection to the broker ${url}: ${why}`, { cure, exit });
  const text = error instanceof Error ? error.message : String(error);
  const code = systemCode(error) ?? codes(error)[0];
  const number = error instanceof Error && 'code' in error ? Number(error.code) : NaN;
  if (DENIED.includes(number))
    return fail('denied', 'it does not let this user in', 'check --user and the password (TARS_BROKER_PASSWORD)');
  const reason = OLD_REASONS[number] ?? number;
  if (reason >= 128) return fail('broker_refused', refusalText(reason), REFUSED[reason]?.cure ?? LOG);
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
