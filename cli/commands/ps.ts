/** `tars ps`: the behaviours of a board, what state they are in and what they have done. */
import { errors, freshness, statuses } from '../../hal/contract/index.js';
import type { link as rows, ResponseBody } from '../../sdk/wire/index.js';
import { defineCommand, jsonOption, portOption } from '../command.js';
import { type Identity, ownerText, readIdentity, troubleText } from '../keys/owner.js';
import { readRows, type Row } from '../device/rows.js';
import { withSession, type Session } from '../device/session.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { asCalled, hint } from '../terminal/calling.js';

export const command = defineCommand({
  positionals: {},
  options: { ...portOption, ...jsonOption },
  examples: [
    ['tars ps', 'behaviours of the only board'],
    ['tars ps --port desk --json', 'the same for programs'],
  ],
  run: ({ port }, terminal) => withSession(port, (session) => show(session, terminal)),
});

type Stats = ResponseBody<(typeof rows)['stats']>;

async function show({ link, hello }: Session, terminal: Terminal): Promise<void> {
  const board = await link.request('board', {});
  const identity = await readIdentity(link);
  const behaviours: { row: Row<'list'>; stats: Stats }[] = [];
  for (const row of await readRows(link, 'list'))
    behaviours.push({ row, stats: await link.request('stats', { behaviour: row.behaviour }) });
  if (terminal.json)
    return terminal.out(
      JSON.stringify({
        board: { ...describe(hello), ...board, owner: identity ? identityJson(identity) : null },
        behaviours: behaviours.map(toJson),
      }),
    );
  terminal.out(
    `${hello.device}: class ${hello.class}, firmware ${hello.firmware} with ${hello.engine}, ` +
      `up ${(board.time / 1e6).toFixed(1)} s, boot ${hello.boot}, ${ownerText(identity)}`,
  );
  if (troubleText(identity) !== '') terminal.out(troubleText(identity));
  const error = errors.find(({ code }) => code === board.app);
  if (error) terminal.out(`the stored app was not started: ${error.text} (${error.name}); ${asCalled(error.cure)}`);
  if (behaviours.length === 0) return error ? undefined : terminal.out(`no app; install one with ${hint`tars flash`}`);
  const heading = [
    'BEHAVIOUR',
    'STATUS',
    'PRIORITY',
    'BYTES',
    'DIGEST',
    'STORED',
    'REACTIONS',
    'DROPPED',
    'OVERRUNS',
    'FAULTS',
    'LONGEST',
    'ARENA',
  ];
  for (const line of table([heading, ...behaviours.map(toCells)], terminal)) terminal.out(line);
  for (const { row, stats } of behaviours)
    if (stats.deferred > 0)
      terminal.out(`${row.behaviour} saves more often than the flash lasts: ${stats.deferred} checkpoints had to wait`);
  for (const { row, stats } of behaviours) for (const line of shareLines(row.behaviour, stats)) terminal.out(line);
}

/** What a behaviour took of the processor, where it was too much or too little. */
const shareLines = (behaviour: string, { load, throttled, late }: Stats): string[] => [
  ...(throttled > 0 ? [`${behaviour} took more than its load of ${load / 10} %: throttled in ${throttled} s`] : []),
  ...(late > 0 ? [`${behaviour} waited for its neighbours longer than its deadline: ${late} times`] : []),
];

const describe = ({
  class: boardClass,
  device,
  firmware,
  abi,
  boot,
  owned,
  slots,
  arena,
  virtual,
  engine,
}: Session['hello']): object => ({
  class: boardClass,
  device,
  firmware,
  abi,
  boot,
  owned,
  slots,
  arenaBytes: arena,
  virtual,
  engine,
});

/** Null on an open board; what a damaged one says of its owner is what it can still read. */
function identityJson({
  root,
  owner,
  device,
  fleet,
  broker,
  online,
  trouble,
  epoch,
  number,
  bundle,
  freshness: row,
  unreadable,
}: Identity): object | null {
  if (root === 0 && !unreadable) return null;
  return {
    ...(unreadable && { unreadable }),
    owner,
    root,
    device: hex(device),
    fleet,
    broker,
    online,
    trouble: trouble === '' ? null : trouble,
    epoch,
    number,
    bundle: hex(bundle),
    freshness: freshness[row]?.name ?? row,
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const faultName = (code: number): string => errors.find((row) => row.code === code)?.name ?? `error ${code}`;

function toJson({ row, stats }: { row: Row<'list'>; stats: Stats }): object {
  const { digest, status, fault, ...rest } = row;
  return {
    ...rest,
    digest: hex(digest),
    status: statuses[status] ?? status,
    fault: fault === 0 ? null : faultName(fault),
    stats,
  };
}

function toCells({ row, stats }: { row: Row<'list'>; stats: Stats }): string[] {
  const fault = row.fault === 0 ? '' : ` (${faultName(row.fault)})`;
  const stored = row.stored ? (row.trial ? 'trial' : 'yes') : 'RAM';
  return [
    row.behaviour,
    statuses[row.status] ?? String(row.status),
    String(row.priority),
    String(row.size),
    hex(row.digest.subarray(0, 4)),
    stored,
    String(stats.reactions),
    String(stats.dropped),
    String(stats.overruns),
    `${row.faults}${fault}`,
    `${stats.longest} us`,
    String(stats.arena),
  ];
}
