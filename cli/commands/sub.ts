/** `tars sub`: messages on the topics of a board, as they come. */
import { defineCommand, jsonOption, portOption } from '../command.js';
import { usageError } from '../errors.js';
import { untilEnd } from '../device/follow.js';
import { withSession } from '../device/session.js';
import { jsonFields, pickTopic, readTopics, showFields } from '../device/topics.js';
import { showTime } from '../terminal/values.js';

export const command = defineCommand({
  positionals: { topic: { type: 'string', describe: 'topic; all without it' } },
  options: {
    count: { type: 'number', alias: 'n', describe: 'end after so many messages' },
    ...portOption,
    ...jsonOption,
  },
  examples: [
    ['tars sub', 'all topics until Ctrl-C'],
    ['tars sub kf/x -n 10 --json', 'ten messages of one topic for a program'],
  ],
  async run({ port, topic = '', count = Infinity }, terminal) {
    if (!(count >= 1)) throw usageError('--count takes a number from 1', 'sub');
    await withSession(port, async ({ link }) => {
      const topics = await readTopics(link);
      if (topic !== '') pickTopic(topics, topic);
      const { ended, done } = untilEnd(link);
      let left = count;
      link.on('message', (event) => {
        if (left-- <= 0) return;
        const fields = topics.find((row) => row.topic === event.topic)?.fields ?? [];
        if (terminal.json)
          terminal.out(
            JSON.stringify({ time: event.time, topic: event.topic, fields: jsonFields(fields, event.fields) }),
          );
        else
          terminal.out(
            `${terminal.color.dim(showTime(event.time))} ${terminal.color.cyan(event.topic)}  ` +
              `${showFields(fields, event.fields)}`,
          );
        if (left <= 0) done();
      });
      await link.request('subscribe', { topic, on: true });
      await ended;
      if (link.missed > 0) terminal.note(`${link.missed} messages were lost on the way`);
    });
  },
});
