/** tars.toml: the app that a machine runs. Every key is known, every mistake names its place. */
import { isAbsolute, join, normalize, sep } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { limits } from '../../hal/contract/index.js';
import { UserError } from '../errors.js';
import { staysInside } from './inside.js';
import { PROJECT_FILE } from './project.js';
import { readPlainText, readText } from '../files.js';
import { shortPath, type AppSources, type BehaviourSource } from './app-sources.js';
import { didYouMean } from '../terminal/near.js';

/** It names the file that `tars build` writes: no folder, nothing hidden, nothing that a terminal acts on. */
const APP_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;
const FORM = 'see examples/topic/tars.toml for a complete one';

/** Reads the project in a folder and the behaviours that it names. */
export function readProject(folder: string): AppSources {
  const file = shortPath(join(folder, PROJECT_FILE));
  staysInside(file, folder);
  const text = readPlainText(join(folder, PROJECT_FILE));
  const fail: Fail = (message, where, key) =>
    new UserError('bad_project', `${placeIn(file, text, where, key)}: ${message}`, { cure: FORM });
  const top = parseToml(file, text);
  onlyKeys(top, ['app', 'behaviours'], 'the file', fail);
  const app = tableOf(top['app'], '[app]', fail);
  onlyKeys(app, ['name', 'board'], '[app]', fail);
  const { name, board } = app;
  if (typeof name !== 'string' || !APP_NAME.test(name))
    throw fail('[app] needs a name of letters, digits, . - and _, at most 32, such as name = "rover"', '[app]', 'name');
  if (board !== undefined && typeof board !== 'string') throw fail('board in [app] must be the name of a board');
  const rows = Object.entries(tableOf(top['behaviours'], '[behaviours.NAME]', fail));
  if (rows.length === 0 || rows.length > limits.modules.value)
    throw fail(`an app has 1 to ${limits.modules.value} behaviours, this one has ${rows.length}`);
  const behaviours = rows.map(([key, value]) => {
    const places = KEYS.map((each) => [each, placeIn(file, text, `[behaviours.${key}]`, each)]);
    return { ...behaviour(folder, key, value, fail), places: Object.fromEntries(places) as Record<string, string> };
  });
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
/** `where` and `key`: the table and key that are wrong, to name their line. */
type Fail = (message: string, where?: string, key?: string) => UserError;

/** What may be said of a behaviour. */
const KEYS = ['file', 'priority', 'restart', 'load', 'deadline'] as const;

/** The file, and the line of a key if it stands below the head of its table. */
function placeIn(file: string, text: string, where?: string, key?: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const head = lines.findIndex((line) => where !== undefined && line.startsWith(where));
  if (head < 0) return file;
  const rest = lines.slice(head + 1);
  const end = rest.findIndex((line) => line.startsWith('['));
  const at = rest.findIndex((line) => line.split('=')[0]?.trim() === key);
  return at < 0 || (end >= 0 && at > end) ? file : `${file}:${head + at + 2}`;
}

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
  onlyKeys(row, KEYS, where, fail);
  const { file, priority, restart, load, deadline } = row;
  if (typeof file !== 'string') throw fail(`${where} needs a file, such as file = "${name}.tars"`, where, 'file');
  if (leaves(file))
    throw fail(
      `file in ${where} leaves the folder of ${PROJECT_FILE}: copy the behaviour there, and name it from there`,
      where,
      'file',
    );
  if (priority !== undefined && !isCount(priority, 255))
    throw fail(`priority in ${where} must be a whole number from 0 to 255`, where, 'priority');
  const path = shortPath(join(folder, file));
  staysInside(path, folder);
  return {
    name,
    file: path,
    source: readText(path),
    ...(priority !== undefined && { priority: Number(priority) }),
    ...(restart !== undefined && { restart: restartOf(restart, where, fail) }),
    ...(load !== undefined && { load: loadOf(load, where, fail) }),
    ...(deadline !== undefined && { deadline: deadlineOf(deadline, where, fail) }),
  };
}

/** A message may quote a source: the project of a stranger must not choose which other file of this machine is one. */
const leaves = (file: string): boolean => isAbsolute(file) || normalize(file).split(sep)[0] === '..';

/** `load = "30%"`, in permille. */
function loadOf(value: unknown, where: string, fail: Fail): number {
  const [, percent] = (typeof value === 'string' && /^(\d{1,3}(?:\.\d)?) ?%$/.exec(value)) || [];
  const permille = Math.round(Number(percent) * 10);
  if (percent === undefined || permille < 1 || permille > limits.load_whole.value)
    throw fail(`load in ${where} must be a share from "0.1%" to "100%", such as load = "30%"`, where, 'load');
  return permille;
}

const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, min: 60_000_000 };
const MOST_US = 0xffff_ffff;

/** `deadline = "50ms"`, in microseconds. */
function deadlineOf(value: unknown, where: string, fail: Fail): number {
  const [, count, unit = ''] = (typeof value === 'string' && /^(\d{1,10}) ?(us|ms|s|min)$/.exec(value)) || [];
  const us = Number(count) * (UNITS[unit] ?? NaN);
  if (us >= 1 && us <= MOST_US) return us;
  throw fail(`deadline in ${where} must be a time from "1us" to "71min", such as deadline = "50ms"`, where, 'deadline');
}

/** `restart = { delay_ms = 100, faults = 5 }` */
function restartOf(value: unknown, where: string, fail: Fail): readonly [number, number] {
  const table = tableOf(value, `restart in ${where}`, fail);
  onlyKeys(table, ['delay_ms', 'faults'], `restart in ${where}`, fail);
  const { delay_ms: delay = limits.restart_ms.value, faults = limits.restart_count.value } = table;
  const wrong = (key: string, most: number): UserError =>
    fail(`${key} in ${where} must be a whole number from 0 to ${most}`, where, 'restart');
  if (!isCount(delay, limits.restart_max_ms.value)) throw wrong('delay_ms', limits.restart_max_ms.value);
  if (!isCount(faults, 65_535)) throw wrong('faults', 65_535);
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
  if (strange !== undefined)
    throw fail(`${where} knows no ${strange}, it may hold ${known.join(', ')}${didYouMean(strange, known)}`);
}
