/** `tars pub`: publishes a message to the behaviours of a board. */
import { defineCommand, jsonOption, portOption } from '../command.js';
import { Changer, keyOption } from '../keys/owner.js';
import { withSession } from '../device/session.js';
import { jsonFields, parseFields, pickTopic, readTopics, showFields } from '../device/topics.js';

export const command = defineCommand({
  positionals: {
    topic: { type: 'string', demandOption: true, describe: 'topic' },
    fields: { type: 'string', array: true, default: [], describe: 'name=value, or values in order' },
  },
  options: { ...portOption, ...keyOption, ...jsonOption },
  examples: [
    ['tars pub drive left=50 right=-50', 'one message, fields by name'],
    ['tars pub drive 50 -50', 'the same in the order of the message'],
  ],
  run: ({ port, topic, fields, key }, terminal) =>
    withSession(port, async (session) => {
      const row = pickTopic(await readTopics(session.link), topic);
      const values = parseFields(row, fields.map(String));
      await new Changer(session, key).send('publish', { topic, fields: values });
      terminal.out(
        terminal.json
          ? JSON.stringify({ topic, fields: jsonFields(row.fields, values) })
          : `${topic} ${showFields(row.fields, values)}`,
      );
    }),
});
