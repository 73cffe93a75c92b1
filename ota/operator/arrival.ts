/**
 * Waits for what a broker keeps. It doesn't say when it has sent all of it, so a pause has to do; and it may send
 * without end, so topics, bytes and time are bounded.
 */
import type { BrokerMessage } from './broker.js';

/** No further topic for so long means that the broker has sent what it kept: one message on each. */
const QUIET_MS = 250;
/** Longest time until the pause. */
export const ARRIVAL_MS = 120_000;
/** Most bytes of topics and payloads until then; the largest roll has some 4,000 devices of 12 KB each. */
export const ARRIVAL_BYTES = 128 * 1024 * 1024;

/** What came before the bounds were reached. */
export class Flood extends Error {
  constructor(
    readonly heard: { readonly messages: number; readonly bytes: number; readonly topics: number; readonly ms: number },
  ) {
    super(`${heard.messages} messages, ${heard.bytes} bytes, and no end`);
  }
}

export class Arrival {
  /** Rejects when the bounds are reached. */
  readonly flooded: Promise<never>;
  /** Topics, not messages: a fleet that is being pushed to is never quiet. */
  private readonly topics = new Set<string>();
  private readonly late: NodeJS.Timeout;
  private readonly began = performance.now();
  private messages = 0;
  private bytes = 0;
  private ended = false;
  private pause: NodeJS.Timeout | undefined;
  private news: () => void = () => undefined;
  private breakOff: (flood: Flood) => void = () => undefined;

  /** `counts`: which topics are waited for; of those there must not be more than a broker can invent. */
  constructor(private readonly counts: (topic: string) => boolean) {
    this.flooded = new Promise<never>((_, reject) => (this.breakOff = reject));
    this.flooded.catch(() => undefined);
    this.late = setTimeout(() => this.flood(), ARRIVAL_MS);
  }

  hear({ topic, payload }: BrokerMessage): void {
    this.messages++;
    this.bytes += topic.length + payload.length;
    if (this.bytes > ARRIVAL_BYTES) return this.flood();
    if (this.topics.has(topic) || !this.counts(topic)) return;
    this.topics.add(topic);
    this.news();
  }

  /** Resolves at the next pause, never after the end. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      // A computer that was busy for so long hears what has come before it believes its clock.
      const last = (): void => void (this.pause = setTimeout(resolve, 1));
      this.news = () => {
        clearTimeout(this.pause);
        if (!this.ended) this.pause = setTimeout(last, QUIET_MS);
      };
      this.news();
    });
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.pause);
    clearTimeout(this.late);
  }

  private flood(): void {
    const { messages, bytes, topics, began } = this;
    this.breakOff(new Flood({ messages, bytes, topics: topics.size, ms: performance.now() - began }));
  }
}
