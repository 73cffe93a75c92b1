/** tars.toml: the app that a machine runs. Every key is known, every mistake names its place. */
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { limits } from '../../hal/contract/index.js';
import { UserError } from '../errors.js';
import { PROJECT_FILE } from './project.js';
import { readText } from '../files.js';
import { shortPath, type AppSources, type BehaviourSource } from './app-sources.js';

const FORM = 'see examples/topic/tars.toml for a complete one';

/** Reads the project in a folder and the behaviours that it names. */
export function readProject(folder: string): AppSources {
  const file = shortPath(join(folder, PROJECT_FILE));
  const fail = (message: string): UserError => new UserError('bad_project', `${file}: ${message}`, { cure: FORM });
  const top = parseToml(file, readText(join(folder, PROJECT_FILE)));
  onlyKeys(top, ['app', 'behaviours'], 'the file', fail);
  const app = tableOf(top['app'], '[app]', fail);
  onlyKeys(app, ['name', 'board'], '[app]', fail);
  const { name, board } = app;
  if (typeof name !== 'string' || name === '') throw fail('[app] needs a name, such as name = "rover"');
  if (board !== undefined && typeof board !== 'string') throw fail('board in [app] must be the name of a board');
  const rows = Object.entries(tableOf(top['behaviours'], '[behaviours.NAME]', fail));
  if (rows.length === 0 || rows.length > limits.modules.value)
    throw fail(`an app has 1 to ${limits.modules.value} behaviours, this one has ${rows.length}`);
  const behaviours = rows.map(([key, value]) => behaviour(folder, key, value, fail));
  return {
    kind: 'app',
    name,
    ...(board !== undefined && { board }),
    project: folder,
    behaviours,
    files: [join(folder, PROJECT_FILE), ...behaviours.map((each) => each.file)],
  };
}

type Table = Readonly<Record<string, unknown>>;
type Fail = (message: string) => UserError;

function parseToml(file: string, text: string): Table {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.split('\n');
    throw new UserError(
      'bad_project',
      `${file}:${error.line}:${error.column}: ${message.replace('Invalid TOML document: ', '')}`,
      { cure: FORM },
    );
  }
}

function behaviour(folder: string, name: string, value: unknown, fail: Fail): BehaviourSource {
  const where = `[behaviours.${name}]`;
  const row = tableOf(value, where, fail);
  onlyKeys(row, ['file', 'priority', 'restart'], where, fail);
  const { file, priority, restart } = row;
  if (typeof file !== 'string') throw fail(`${where} needs a file, such as file = "${name}.tars"`);
  if (priority !== undefined && !isCount(priority, 255))
    throw fail(`priority in ${where} must be a whole number from 0 to 255`);
  const path = shortPath(join(folder, file));
  return {
    name,
    file: path,
    source: readText(path),
    ...(priority !== undefined && { priority: Number(priority) }),
    ...(restart !== undefined && { restart: restartOf(restart, where, fail) }),
  };
}

/** `restart = { delay_ms = 100, faults = 5 }` */
function restartOf(value: unknown, where: string, fail: Fail): readonly [number, number] {
  const table = tableOf(value, `restart in ${where}`, fail);
  onlyKeys(table, ['delay_ms', 'faults'], `restart in ${where}`, fail);
  const { delay_ms: delay = limits.restart_ms.value, faults = limits.restart_count.value } = table;
  if (!isCount(delay, limits.restart_max_ms.value))
    throw fail(`delay_ms in ${where} must be a whole number from 0 to ${limits.restart_max_ms.value}`);
  if (!isCount(faults, 65_535)) throw fail(`faults in ${where} must be a whole number from 0 to 65535`);
  return [Number(delay), Number(faults)];
}

const isCount = (value: unknown, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

function tableOf(value: unknown, where: string, fail: Fail): Table {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fail(`${where} is missing or no table`);
  return value as Table;
}

function onlyKeys(table: Table, known: readonly string[], where: string, fail: Fail): void {
  const strange = Object.keys(table).find((key) => !known.includes(key));
  if (strange !== undefined) throw fail(`${where} knows no ${strange}; it may hold ${known.join(', ')}`);
}
