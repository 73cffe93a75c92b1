/**
 * What a board says beside the code of a refusal reaches whoever asked: one command for each request of the link that
 * a board may refuse, as a process, on an open board and on one with an owner.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { link } from '../../hal/contract/index.js';
import { clearError, Desk, makeKeys, PASSPHRASE } from '../../cli/testing/tars.js';
import { packApp } from '../../ota/host/app.js';
import { requestsOf } from '../../ota/host/bundle.js';
import { grantFor } from '../../ota/host/grant.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { Owner } from '../fleet/operator.js';
import { tars as compile } from '../program.js';

type RequestName = Extract<(typeof link)[number], { readonly kind: 'request' }>['name'];

interface Case {
  readonly request: RequestName;
  readonly args: readonly string[];
  readonly says: string;
}

const COUNTER = compile(`behaviour counter
  use led: gpio.out = board.LED
  param step: i32 = 1 in 1 ..= 100
  every 1s { led.toggle() }`);
const TOGGLE = '(import "t" "1" (func $toggle (param i32)))';
/** Calls what its manifest doesn't list. */
const undeclared = handmade(`(module ${TOGGLE} (func (export "r") (param i32 i32)))`, {
  name: 'undeclared',
  calls: [2],
});
/** Traps in its trial. */
const late = handmade('(module (func (export "r") (param i32 i32) (if (local.get 0) (then (unreachable)))))', {
  name: 'late',
  sources: [[0, 100_000]],
});

const cases: readonly Case[] = [
  { request: 'start', args: ['start', 'counter', '--port', 'open'], says: 'counter is running already' },
  { request: 'start', args: ['start', 'nobody', '--port', 'open'], says: 'there is no behaviour nobody' },
  { request: 'stop', args: ['stop', 'nobody', '--port', 'open'], says: 'there is no behaviour nobody' },
  {
    request: 'param.set',
    args: ['param', 'set', 'counter.step', '101', '--port', 'open'],
    says: '101 is outside the range of counter.step',
  },
  {
    request: 'install.commit',
    args: ['flash', 'undeclared.wasm', '--port', 'open'],
    says: 'the app is refused: denied, gpio.toggle is not in the manifest',
  },
  {
    request: 'install.confirm',
    args: ['flash', 'late.wasm', '--port', 'open'],
    says: 'the trial ended: trap in late, unreachable; the app before it is back',
  },
  {
    request: 'upload.end',
    args: ['flash', 'ungranted.bundle', '--port', 'owned'],
    says: 'the app is refused: grant, LED is not granted to counter as it asks for it',
  },
  {
    request: 'upload.end',
    args: ['provision', '--root', 'other.root', '--port', 'owned'],
    says: 'the board refused upload.end: the root document is not the next one',
  },
  {
    request: 'command',
    args: ['stop', 'counter', '--key', 'mallory', '--port', 'owned'],
    says: 'the board refused command: signed by a key that the root document does not list',
  },
];

/** Requests for which no command ends with the code of a board alone, and why. */
const others: Partial<Record<RequestName, string>> = {
  hello: 'opens a session',
  list: 'read until there are no more',
  'param.list': 'read until there are no more',
  'topic.list': 'read until there are no more',
  stats: 'asked for a behaviour that was just listed',
  'param.get': 'asked for a parameter that was just listed',
  publish: 'topic and fields are compared with the list first: live.test.ts of the command line',
  board: 'answered always',
  identity: 'answered always',
  logs: 'answered always',
  reset: 'answered always, or signed: see command',
  subscribe: 'for one topic in one session, which is never too many',
  'install.begin':
    'class and number are compared with `hello` first; the flash is full: flash.test.ts of the command line',
  'install.data': 'refused as the request before it is',
  'install.abort': 'what it says is of no interest: the install has failed already',
  'upload.begin': 'refused as the end of the upload is',
  'upload.data': 'refused as the end of the upload is',
  'network.set': 'compared with `identity` first: provision.test.ts of the command line',
  erase: 'taken over every port that a command line has',
  repair: 'compared with `identity` first, and signed: see command',
};

describe('a refusal of a board', () => {
  const desk = new Desk();
  const owner = new Owner();
  const env = { TARS_PASSPHRASE: PASSPHRASE };
  const write = (name: string, bytes: Uint8Array): void => writeFileSync(join(desk.folder, name), bytes);
  const fine = async (...args: string[]): Promise<void> => {
    const { exit, err } = await desk.tars(args, { env });
    expect({ args, exit, err: exit === 0 ? '' : err }).toEqual({ args, exit: 0, err: '' });
  };

  beforeAll(async () => {
    await Promise.all(['open', 'owned'].map((name) => desk.board({ name })));
    const image = packApp({ class: 'virtual', modules: [COUNTER] });
    const ungranted = { ...grantFor(requestsOf(image)), rows: [] };
    write('counter.wasm', COUNTER);
    write('undeclared.wasm', undeclared);
    write('late.wasm', late);
    write('one.root', owner.rootDocument());
    write('other.root', owner.rootDocument({ sequence: 1 }));
    write('ungranted.bundle', owner.bundle([COUNTER], { number: 1, grant: ungranted }).bytes);
    makeKeys(desk.folder, { mallory: ['operator'] });
    await Promise.all([
      fine('provision', '--port', 'owned', '--root', 'one.root'),
      fine('flash', 'counter.wasm', '--port', 'open', '--health', '0.3'),
    ]);
  }, 120_000);
  afterAll(() => desk.dispose());

  it.each(cases)('of $request says: $says', async ({ args, says }) => {
    const { exit, err } = await desk.tars(args, { env });
    expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining(says) as string });
    expect(err).toMatch(clearError);
  });

  it('has a case for each request, or a reason why not', () => {
    const requests = link.filter(({ kind }) => kind === 'request').map(({ name }) => name as RequestName);
    const covered = new Set(cases.map(({ request }) => request));
    expect(requests.filter((name) => covered.has(name) === (others[name] !== undefined))).toEqual([]);
  });
});
