/** `tars logs`: log lines of the behaviours, and changes of their status. */
import { errors, statuses } from '../../hal/contract/index.js';
import type { link as rows, MessageBody } from '../../sdk/wire/index.js';
import { defineCommand, jsonOption, portOption } from '../command.js';
import { untilEnd, untilQuiet } from '../device/follow.js';
import { withSession } from '../device/session.js';
import type { Terminal } from '../terminal/terminal.js';
import { holesOf, jsonValue, showLine, showTime } from '../terminal/values.js';

export const command = defineCommand({
  positionals: {},
  options: {
    follow: { type: 'boolean', alias: 'f', default: false, describe: 'go on until Ctrl-C' },
    ...portOption,
    ...jsonOption,
  },
  examples: [
    ['tars logs', 'what the board still holds'],
    ['tars logs -f', 'that, and what comes'],
  ],
  run: ({ port, follow }, terminal) =>
    withSession(port, async ({ link }) => {
      // A board that logs without a pause is never quiet: there a line from after the question ends the history.
      const asked = follow ? Infinity : (await link.request('board', {})).time;
      let lines = 0;
      const { ended, done } = untilEnd(link);
      const print = (time: number | bigint, line: string): void => {
        if (time > asked) return done();
        lines++;
        terminal.out(line);
      };
      link.on('log', (event) => print(event.time, showLog(event, terminal)));
      link.on('status', (event) => print(event.time, showStatus(event, terminal)));
      await link.request('logs', { on: true, history: true });
      await (follow ? ended : Promise.race([ended, untilQuiet(() => lines)]));
      if (link.missed > 0) terminal.note(`${link.missed} lines were lost on the way`);
    }),
});

type Event<N extends 'log' | 'status'> = MessageBody<(typeof rows)[N]>;

/** One log line, for people or as JSON. */
export function showLog(event: Event<'log'>, { json, color }: Terminal): string {
  const { time, behaviour, fields } = event,
    line = showLine(event);
  const types = holesOf(event.text);
  if (json)
    return JSON.stringify({
      time,
      behaviour,
      text: line,
      fields: fields.map((field, index) => jsonValue(field, types[index])),
    });
  return `${color.dim(showTime(time))} ${color.cyan(behaviour)}  ${line}`;
}

/** One change of status, with its reason. */
export function showStatus({ time, behaviour, status, code }: Event<'status'>, { json, color }: Terminal): string {
  const name = statuses[status] ?? String(status);
  const reason = errors.find((row) => row.code === code);
  if (json) return JSON.stringify({ time, behaviour, status: name, reason: reason?.name ?? null });
  const why = reason ? `: ${reason.text}` : '';
  return (
    `${color.dim(showTime(time))} ${color.cyan(behaviour)}  ` +
    `${code === 0 ? color.green(name) : color.red(name + why)}`
  );
}
