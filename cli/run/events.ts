/** What happens on a running board, from link and bench, as one stream with one form. */
import type { Topic } from '../device/topics.js';
import type { BenchClient } from '../transport/bench.js';
import type { LinkClient } from '../transport/link.js';
import { errors, statuses } from '../../hal/contract/index.js';
import { jsonFields, showFields } from '../device/topics.js';
import { showLine, showTime } from '../terminal/values.js';

/** `what` names the pin, topic or behaviour; `text` is what a person reads; `data` what `--json` adds. */
export interface LiveEvent {
  readonly kind: 'pin' | 'pwm' | 'topic' | 'log' | 'status';
  /** Microseconds since the board started. */
  readonly time: number;
  readonly what: string;
  readonly text: string;
  readonly data: object;
}

/** Passes on every event. `topics` is asked each time, because a swap may change them. */
export function listen({
  link,
  bench,
  topics,
  on,
}: {
  link: LinkClient;
  bench: BenchClient;
  topics: () => readonly Topic[];
  on: (event: LiveEvent) => void;
}): void {
  bench.on('edge', ({ time, pin, level }) =>
    on({ kind: 'pin', time, what: pin, text: level ? 'high' : 'low', data: { pin, level } }),
  );
  bench.on('pwm', ({ time, pin, pulse, duty }) =>
    on({ kind: 'pwm', time, what: pin, text: `${pulse} us, ${round(duty)} %`, data: { pin, pulse, duty } }),
  );
  link.on('message', ({ time, topic, fields }) => {
    const schema = topics().find((row) => row.topic === topic)?.fields ?? [];
    on({
      kind: 'topic',
      time,
      what: topic,
      text: showFields(schema, fields),
      data: { topic, fields: jsonFields(schema, fields) },
    });
  });
  link.on('log', (event) => {
    const { time, behaviour } = event,
      line = showLine(event);
    on({ kind: 'log', time, what: behaviour, text: line, data: { behaviour, text: line } });
  });
  link.on('status', ({ time, behaviour, status, code }) => {
    const reason = errors.find((row) => row.code === code);
    const name = statuses[status] ?? String(status);
    on({
      kind: 'status',
      time,
      what: behaviour,
      text: reason ? `${name}: ${reason.text}` : name,
      data: { behaviour, status: name, reason: reason?.name ?? null },
    });
  });
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** One event as a line. */
export const showEvent = ({ kind, time, what, text }: LiveEvent): string =>
  `${showTime(time)} ${kind.padEnd(6)} ${what}  ${text}`;

/** One event as JSON. */
export const jsonEvent = ({ kind, time, data }: LiveEvent): string => JSON.stringify({ event: kind, time, ...data });
