/**
 * A broker in memory: keeps retained messages, puts everything in one order, and disturbs deliveries as it is told to.
 */
import type { Broker, BrokerMessage } from '../broker.js';

/** What happens to a message on its way to one subscriber. */
export type Disturb = (message: BrokerMessage, subscriber: string) => 'deliver' | 'drop' | 'repeat' | 'delay';

interface Client {
  readonly name: string;
  filters: readonly RegExp[];
  listener: ((message: BrokerMessage) => void) | undefined;
  readonly delayed: BrokerMessage[];
  open: boolean;
}

const pattern = (filter: string): RegExp =>
  new RegExp(
    `^${filter
      .split('/')
      .map((part) => (part === '+' ? '[^/]+' : part.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')))
      .join('/')}$`,
  );

export class MemoryBroker {
  readonly retained = new Map<string, Uint8Array>();
  /** Everything that was published, in order. */
  readonly log: BrokerMessage[] = [];
  disturb: Disturb = () => 'deliver';
  private readonly clients: Client[] = [];

  /** A connection. `count` is called before each publication; what it throws is the death of this client. */
  connect(name: string, count: () => void = () => undefined): Broker {
    const client: Client = { name, filters: [], listener: undefined, delayed: [], open: true };
    this.clients.push(client);
    return {
      publish: async (topic, payload, { retain = false } = {}) => {
        count();
        await turn();
        this.publish(topic, payload.slice(), retain);
        // The broker has it; whether the client learns of that is another matter.
        count();
      },
      subscribe: async (filters) => {
        const added = filters.map(pattern);
        client.filters = [...client.filters, ...added];
        await turn();
        for (const [topic, payload] of this.retained)
          if (added.some((filter) => filter.test(topic))) this.hand(client, { topic, payload, retained: true });
      },
      onMessage: (listener) => (client.listener = listener),
      onLost: () => undefined,
      close: async () => void (client.open = false),
    };
  }

  /** Everything that was held back arrives. */
  release(): void {
    for (const client of this.clients) for (const message of client.delayed.splice(0)) this.hand(client, message);
  }

  private publish(topic: string, payload: Uint8Array, retain: boolean): void {
    if (retain && payload.length === 0) this.retained.delete(topic);
    else if (retain) this.retained.set(topic, payload);
    const message = { topic, payload, retained: false };
    this.log.push(message);
    for (const client of this.clients) this.pass(client, message);
  }

  private pass(client: Client, message: BrokerMessage): void {
    if (!client.filters.some((filter) => filter.test(message.topic))) return;
    const fate = message.retained ? 'deliver' : this.disturb(message, client.name);
    if (fate === 'drop') return;
    if (fate === 'delay') return void client.delayed.push(message);
    this.hand(client, message);
    if (fate === 'repeat') this.hand(client, message);
  }

  private hand(client: Client, message: BrokerMessage): void {
    queueMicrotask(() => client.open && client.listener?.(message));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve));
