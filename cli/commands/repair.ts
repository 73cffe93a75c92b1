/** `tars repair`: the owner makes a board usable again whose flash is damaged. */
import { defineCommand, jsonOption, portOption } from '../command.js';
import { UserError, usageError } from '../errors.js';
import { withSession } from '../device/session.js';
import { upload } from '../device/upload.js';
import { Changer, findRoot, keyOption, ownedError, readIdentity } from '../keys/owner.js';

export const command = defineCommand({
  positionals: {},
  options: {
    ...portOption,
    ...keyOption,
    number: {
      type: 'number',
      describe: 'number of the newest bundle that the board was given, 0 if there was none: it takes no older one',
    },
    root: { type: 'string', describe: "the owner's root document, for a board that has lost it" },
    ...jsonOption,
  },
  examples: [['tars repair --port rover --key olga --number 7', 'rover takes bundles again, from number 7 on']],
  async run({ port, key, number, root }, terminal) {
    if (number === undefined || !Number.isInteger(number) || number < 0 || number > 0xffffffff)
      throw usageError('--number takes a whole number: that of the newest bundle that the board was given', 'repair');
    const name = await withSession(port, async (session) => {
      const { link, hello } = session;
      const identity = await readIdentity(link);
      if (!identity?.unreadable)
        throw new UserError('not_damaged', `${hello.device} can read whose it is: there is nothing to repair`, {
          cure: '`tars ps` shows how it is; an app that is gone comes back with `tars flash` or `tars ota push`',
        });
      if (key.length === 0) throw ownedError(identity, 'a repair');
      if (identity.root === 0) await upload(link, 'root', findRoot(root, identity.owner || undefined).bytes);
      await new Changer(session, key).send('repair', { number }, { timeoutMs: 30_000 });
      return hello.device;
    });
    terminal.out(
      terminal.json
        ? JSON.stringify({ name, repaired: true, number })
        : `${name}: repaired, and restarts. Its app is gone: give it one with the number ${number} or a higher one`,
    );
  },
});
