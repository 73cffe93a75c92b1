/** What the operator needs of a broker. One interface: MQTT on the command line, memory in the tests. */

export interface BrokerMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** True: the broker kept it, it is not news. */
  readonly retained: boolean;
}

export interface Broker {
  /** Resolves when the broker has acknowledged it (QoS 1). An empty retained message removes the one that is kept. */
  publish(topic: string, payload: Uint8Array, options?: { readonly retain?: boolean }): Promise<void>;
  /** Resolves when the broker has taken the subscriptions; what it keeps under them follows. */
  subscribe(filters: readonly string[]): Promise<void>;
  /** The one listener; messages come one after the other. */
  onMessage(listener: (message: BrokerMessage) => void): void;
  /** Called when the connection is lost for good. */
  onLost(listener: (error: Error) => void): void;
  close(): Promise<void>;
}
