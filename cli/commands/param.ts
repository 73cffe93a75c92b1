/** `tars param`: values of a behaviour that can be changed while it runs. */
import { paramTypes } from '../../hal/contract/index.js';
import { defineCommand, jsonOption, portOption } from '../command.js';
import { UserError, usageError } from '../errors.js';
import { Changer, keyOption } from '../keys/owner.js';
import { readRows, type Row } from '../device/rows.js';
import { withSession } from '../device/session.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { BoardError } from '../transport/client.js';
import { jsonValue, parseValue, showValue } from '../terminal/values.js';
import { didYouMean } from '../terminal/near.js';

export const command = defineCommand({
  positionals: {
    action: { choices: ['list', 'get', 'set'] as const, default: 'list' as const, describe: 'what to do' },
    name: { type: 'string', describe: 'behaviour.parameter; the parameter alone if only one behaviour has it' },
    value: { type: 'string', describe: 'new value, with or without its unit' },
  },
  options: { ...portOption, ...keyOption, ...jsonOption },
  examples: [
    ['tars param', 'all parameters with their ranges'],
    ['tars param get kf.q', 'one value'],
    ['tars param set kf.q 0.05', 'change it between two reactions'],
  ],
  async run({ port, action, name, value, key: keys }, terminal) {
    if (action !== 'list' && name === undefined)
      throw usageError(`param ${action} needs the name of a parameter`, 'param');
    if (action === 'set' && value === undefined) throw usageError('param set needs a value', 'param');
    await withSession(port, async (session) => {
      const { link } = session;
      const rows = await readRows(link, 'param.list');
      if (action === 'list') return list(rows, terminal);
      const row = pick(rows, name ?? '');
      if (action === 'set') await set(new Changer(session, keys), row, value ?? '');
      const now = await link.request('param.get', { behaviour: row.behaviour, name: row.name });
      const type = typeName(row);
      terminal.out(
        terminal.json
          ? JSON.stringify({ ...key(row), value: jsonValue(now.value, type) })
          : showValue(now.value, { type, unit: row.unit }),
      );
    });
  },
});

type Param = Row<'param.list'>;

const typeName = (row: Param): string => paramTypes[row.type] ?? '';
const key = ({ behaviour, name }: Param): { behaviour: string; name: string } => ({ behaviour, name });
const fullName = (row: Param): string => `${row.behaviour}.${row.name}`;

function range(row: Param): string {
  const type = typeName(row);
  return type === 'bool' ? 'true or false' : `${showValue(row.min)} to ${showValue(row.max, { unit: row.unit })}`;
}

function list(rows: readonly Param[], terminal: Terminal): void {
  if (terminal.json) {
    return terminal.out(
      JSON.stringify(
        rows.map((row) => {
          const type = typeName(row);
          return {
            ...key(row),
            type,
            value: jsonValue(row.value, type),
            min: jsonValue(row.min, type),
            max: jsonValue(row.max, type),
            unit: row.unit,
          };
        }),
      ),
    );
  }
  if (rows.length === 0) return terminal.out('the app has no parameters');
  const cells = rows.map((row) => [
    fullName(row),
    showValue(row.value, { type: typeName(row), unit: row.unit }),
    range(row),
    typeName(row),
  ]);
  for (const line of table([['PARAMETER', 'VALUE', 'RANGE', 'TYPE'], ...cells], terminal)) terminal.out(line);
}

/** The parameter that is meant by `behaviour.name` or, if that is clear, by `name`. */
function pick(rows: readonly Param[], wanted: string): Param {
  const found = rows.filter((row) => fullName(row) === wanted || row.name === wanted);
  const [only] = found;
  if (only && found.length === 1) return only;
  const names = (only ? found : rows).map(fullName);
  const cure = names.length > 0 ? `parameters: ${names.join(', ')}` : 'the app on this board has none';
  throw new UserError(
    'unknown',
    only
      ? `${wanted} is a parameter of several behaviours`
      : `there is no parameter ${wanted}${nearParameter(rows, wanted)}`,
    { cure },
  );
}

/** With its behaviour if that was named. */
const nearParameter = (rows: readonly Param[], wanted: string): string =>
  didYouMean(
    wanted,
    rows.map((row) => (wanted.includes('.') ? fullName(row) : row.name)),
  );

async function set(changer: Changer, row: Param, text: string): Promise<void> {
  try {
    await changer.send('param.set', { ...key(row), value: parseValue(text, { type: typeName(row), unit: row.unit }) });
  } catch (error) {
    if (!(error instanceof BoardError) || error.code !== 'range') throw error;
    throw new UserError('range', `${text} is outside the range of ${fullName(row)}`, {
      cure: `use a value from ${range(row)}`,
    });
  }
}
