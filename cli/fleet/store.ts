/** The operator's memory in SQLite, with app images beside it under their digests, and the log. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Database as Sqlite, JSValue, QueryResult } from 'node-sqlite3-wasm';
import { sha256, toHex } from '../../ota/host/ids.js';
import type { Plan, RolloutState, Step, StepState } from '../../ota/operator/rollout.js';
import type { Store, StoredDevice, StoredPlan } from '../../ota/operator/store.js';
import { scratchFolder } from '../ends.js';
import { systemCode, UserError } from '../errors.js';
import { writeWhole } from '../files.js';
import { Audit, auditPath } from './audit.js';

const FORMAT = 1;
const SCHEMA = `
  create table if not exists meta (name text primary key, value text not null) strict;
  create table if not exists plan (epoch integer, number integer, plan text not null, kind text not null, bundle blob not null, image text not null,
    label text not null, started integer not null, state text not null, reason text not null, primary key (epoch, number)) strict;
  create table if not exists step (epoch integer, number integer, device text, wave integer not null, state text not null, since integer not null,
    code integer not null, behaviour text not null, detail text not null default '', primary key (epoch, number, device)) strict;
  create table if not exists device (id text primary key, birth blob not null, boot integer not null, counter integer not null) strict;
  create table if not exists report (key text primary key) strict;`;

type Row = Readonly<Record<string, unknown>>;

/**
 * SQLite, which is WebAssembly. A command asks it a few questions, so it is not worth V8's optimizing compiler, which
 * takes more time than all of them.
 */
async function loadSqlite(): Promise<typeof import('node-sqlite3-wasm')> {
  setFlagsFromString('--liftoff-only');
  return import('node-sqlite3-wasm');
}

/** One process at a time: then a write-ahead log needs no shared memory, which the library hasn't. */
const exclusively = (database: Sqlite): void => void database.get('pragma locking_mode = exclusive');

/** A database that is damaged, or that this version doesn't know. */
function badState(path: string, error: unknown): unknown {
  if (error instanceof UserError || systemCode(error)) return error;
  return new UserError(
    'bad_state',
    `the state of the fleet in ${path} can't be read (${error instanceof Error ? error.message : String(error)})`,
    { cure: 'move the file away: the state is rebuilt from what the broker keeps' },
  );
}

/** What can be read beside a push. */
export interface Looked extends Pick<Store, 'plans' | 'steps'> {
  readonly devices: readonly StoredDevice[];
  readonly reports: readonly string[];
  close(): void;
}

/** An app image that is kept in a fleet's folder, by its SHA-256. */
export function readPayload(folder: string, image: string): Uint8Array | undefined {
  const path = join(folder, 'payloads', `${image}.app`);
  return /^[0-9a-f]{64}$/.test(image) && existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;
}

/** All that are kept there. */
export function listPayloads(folder: string): readonly string[] {
  const path = join(folder, 'payloads');
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith('.app'))
    .map((name) => name.slice(0, -4));
}

export class SqliteStore implements Store {
  readonly operator: string;
  private readonly database: Sqlite;
  private readonly folder: string;
  private readonly log: Audit;

  /** Opens the store of a fleet; the caller holds its lock. */
  static async open(folder: string): Promise<SqliteStore> {
    const { Database } = await loadSqlite();
    mkdirSync(join(folder, 'payloads'), { recursive: true, mode: 0o700 });
    const path = join(folder, 'state.db');
    // The library marks a transaction by a folder, which a kill leaves behind. We hold the lock, so nobody is in one.
    rmSync(`${path}.lock`, { recursive: true, force: true });
    try {
      return new SqliteStore(folder, new Database(path));
    } catch (error) {
      throw badState(path, error);
    }
  }

  /** The store for reading only, beside a push that may be writing; undefined: there is none. */
  static async look(folder: string): Promise<Looked | undefined> {
    const path = join(folder, 'state.db');
    if (!existsSync(path)) return undefined;
    const { Database } = await loadSqlite();
    const { path: copy, remove } = scratchFolder('look');
    // A copy with its log: reading the original would need its lock, which a killed push may have left behind. The log
    // first: what moves from it into the database meanwhile is in both.
    try {
      for (const name of ['state.db-wal', 'state.db'])
        if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
      const database = new Database(join(copy, 'state.db'));
      exclusively(database);
      const reader = Object.create(SqliteStore.prototype, { database: { value: database } }) as SqliteStore;
      const [plans, devices, reports] = [reader.plans(), reader.devices(), reader.reports()];
      const close = (): void => (database.close(), remove());
      return { plans: () => plans, steps: (plan) => reader.steps(plan), devices, reports, close };
    } catch (error) {
      remove();
      throw badState(path, error);
    }
  }

  private constructor(folder: string, database: Sqlite) {
    this.folder = folder;
    this.database = database;
    exclusively(database);
    // A rollback journal is no help here: the library's lock looks like another writer's, and what a kill left is never
    // rolled back.
    database.get('pragma journal_mode = wal');
    database.exec('pragma synchronous = full');
    this.atomic(() => database.exec(SCHEMA));
    // A state from before steps had details.
    if (!this.all('pragma table_info(step)', []).some(({ name }) => name === 'detail'))
      this.atomic(() => database.exec("alter table step add column detail text not null default ''"));
    const known = database.get("select value from meta where name = 'format'") as Row | null;
    if (known && known['value'] !== String(FORMAT))
      throw new UserError(
        'bad_state',
        `the state of the fleet has format ${String(known['value'])}, this tars knows ${FORMAT}`,
        { cure: 'update tars' },
      );
    const own = database.get("select value from meta where name = 'operator'") as Row | null;
    this.operator = own ? String(own['value']) : randomBytes(8).toString('hex');
    if (!own)
      this.atomic(() =>
        [
          ['format', String(FORMAT)],
          ['operator', this.operator],
        ].forEach((row) => database.run('insert into meta values (?, ?)', row)),
      );
    this.log = new Audit(auditPath(folder));
  }

  close(): void {
    this.database.close();
    this.log.close();
  }

  plans(): readonly StoredPlan[] {
    return this.all('select * from plan order by rowid desc').map((row) => ({
      plan: JSON.parse(String(row['plan'])) as Plan,
      kind: row['kind'] as StoredPlan['kind'],
      bundle: row['bundle'] as Uint8Array,
      image: String(row['image']),
      label: String(row['label']),
      startedMs: Number(row['started']),
      state: row['state'] as RolloutState,
      reason: String(row['reason']),
    }));
  }

  steps({ epoch, number }: Plan): readonly Step[] {
    return this.all('select * from step where epoch = ? and number = ? order by wave, rowid', [epoch, number]).map(
      (row) => ({
        device: String(row['device']),
        wave: Number(row['wave']),
        state: row['state'] as StepState,
        sinceMs: Number(row['since']),
        code: Number(row['code']),
        behaviour: String(row['behaviour']),
        detail: String(row['detail'] ?? ''),
      }),
    );
  }

  addPlan({ plan, kind, bundle, image, label, startedMs, state, reason }: StoredPlan, steps: readonly Step[]): void {
    this.atomic(() => {
      this.database.run('insert into plan values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
        plan.epoch,
        plan.number,
        JSON.stringify(plan),
        kind,
        bundle,
        image,
        label,
        startedMs,
        state,
        reason,
      ]);
      for (const step of steps) this.writeStep(plan, step);
    });
  }

  saveSteps(plan: Plan, steps: readonly Step[]): void {
    this.atomic(() => steps.forEach((step) => this.writeStep(plan, step)));
  }

  savePlan({ epoch, number }: Plan, state: RolloutState, reason: string): void {
    this.database.run('update plan set state = ?, reason = ? where epoch = ? and number = ?', [
      state,
      reason,
      epoch,
      number,
    ]);
  }

  devices(): readonly StoredDevice[] {
    return this.all('select * from device').map((row) => ({
      id: String(row['id']),
      birth: row['birth'] as Uint8Array,
      boot: Number(row['boot']),
      counter: Number(row['counter']),
    }));
  }

  saveDevice({ id, birth, boot, counter }: StoredDevice): void {
    this.database.run('insert or replace into device values (?, ?, ?, ?)', [id, birth, boot, counter]);
  }

  reports(): readonly string[] {
    return this.all('select key from report order by rowid').map((row) => String(row['key']));
  }

  saveReport(key: string): void {
    this.database.run('insert or ignore into report values (?)', [key]);
  }

  forgetReport(key: string): void {
    this.database.run('delete from report where key = ?', [key]);
  }

  payload(image: string): Uint8Array | undefined {
    return readPayload(this.folder, image);
  }

  payloads(): readonly string[] {
    return listPayloads(this.folder);
  }

  keepPayload(bytes: Uint8Array): void {
    const path = join(this.folder, 'payloads', `${toHex(sha256(bytes))}.app`);
    if (existsSync(path)) return;
    writeWhole(path, bytes);
  }

  audit(action: string, details: Readonly<Record<string, unknown>>): void {
    this.log.add(action, details);
  }

  private writeStep({ epoch, number }: Plan, { device, wave, state, sinceMs, code, behaviour, detail }: Step): void {
    this.database.run('insert or replace into step values (?, ?, ?, ?, ?, ?, ?, ?, ?)', [
      epoch,
      number,
      device,
      wave,
      state,
      sinceMs,
      code,
      behaviour,
      detail,
    ]);
  }

  private all(sql: string, values: JSValue[] = []): readonly QueryResult[] {
    return this.database.all(sql, values);
  }

  private atomic(work: () => void): void {
    this.database.exec('begin immediate');
    try {
      work();
      this.database.exec('commit');
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('rollback');
      throw error;
    }
  }
}
