import type { ErrorRow } from './types.js';

/**
 * Codes below GUEST_ERRORS can be returned by a host call; 64 and up are reasons of refusal or of a fault, 112 and up
 * of signed documents. Never reused.
 */
export const errors = [
  {
    code: 1,
    name: 'invalid',
    text: 'the request is malformed',
    cure: 'update tars so that host and board speak the same contract',
  },
  {
    code: 2,
    name: 'unknown',
    text: 'no such name',
    cure: 'list what the board has with `tars ps`, `tars param` or `tars boards`',
  },
  {
    code: 3,
    name: 'denied',
    text: 'not allowed',
    cure: 'declare the capability with `use`, or open the port physically',
  },
  {
    code: 4,
    name: 'range',
    text: 'value outside the declared range',
    cure: 'use a value inside the range, or widen the declaration',
  },
  {
    code: 5,
    name: 'nack',
    text: 'the device on the bus did not acknowledge',
    cure: 'check wiring, address and power of the device',
  },
  { code: 6, name: 'timeout', text: 'no answer in time', cure: 'check the device, or give it more time' },
  { code: 7, name: 'busy', text: 'in use', cure: 'try again when the other operation has finished' },
  { code: 8, name: 'empty', text: 'nothing to read', cure: 'wait for the event that announces data' },
  { code: 9, name: 'full', text: 'the queue is full', cure: 'send less often, or make the queue longer' },
  {
    code: 10,
    name: 'io',
    text: 'the hardware reported an error',
    cure: 'check the hardware; `tars logs` may say more',
  },
  {
    code: 64,
    name: 'nospace',
    text: 'the flash is full',
    cure: 'remove modules that are no longer used, or flash a smaller app',
  },
  {
    code: 65,
    name: 'nomem',
    text: "the module does not fit the behaviour's arena",
    cure: 'make the behaviour smaller, or give it a larger arena in the board file',
  },
  {
    code: 66,
    name: 'class',
    text: 'the app was built for another class of board',
    cure: 'build it with --board for this board',
  },
  { code: 67, name: 'state', text: 'not possible in this state', cure: 'look at `tars ps` and start or stop first' },
  { code: 68, name: 'digest', text: 'the bytes do not have the digest that was announced', cure: 'send them again' },
  {
    code: 69,
    name: 'module',
    text: 'the Wasm module breaks a rule of the ABI',
    cure: 'build it with `tars build`; `tars inspect` names the rule',
  },
  { code: 70, name: 'manifest', text: 'the manifest is malformed', cure: 'build the module with `tars build`' },
  {
    code: 71,
    name: 'missing_call',
    text: 'the board lacks a host call that the module needs',
    cure: 'update the firmware, or avoid the call',
  },
  {
    code: 72,
    name: 'conflict',
    text: 'two behaviours of the app claim the same output or bus address',
    cure: 'let one behaviour own it and talk to it over a topic',
  },
  {
    code: 73,
    name: 'abi',
    text: 'the module was built for another ABI version',
    cure: 'build it again with this version of tars',
  },
  { code: 74, name: 'corrupt', text: 'the store holds a damaged record', cure: 'flash the app again' },
  {
    code: 75,
    name: 'unconfirmed',
    text: 'the trial was not confirmed in time, or something outside disturbed it; the old app is back',
    cure: 'flash again and keep the link open; if the log names a behaviour, first end what floods it',
  },
  {
    code: 76,
    name: 'too_long',
    text: 'longer than the limit',
    cure: 'shorten it; `docs/host-calls.md` lists the limits',
  },
  {
    code: 77,
    name: 'stack',
    text: 'the module needs more stack than the board has',
    cure: 'reduce nesting and locals',
  },
  {
    code: 78,
    name: 'floor',
    text: 'a period, a deadline or the delay of a restart is shorter than the board allows',
    cure: 'make it longer; the `floors` of the board file say how long',
  },
  { code: 79, name: 'excess', text: 'the module has too much of something', cure: '`tars inspect` says of what' },
  { code: 96, name: 'trap', text: 'the module trapped', cure: 'look at the last log lines and the faulting reaction' },
  {
    code: 97,
    name: 'budget',
    text: 'a reaction exceeded its budget',
    cure: 'do less per event, or raise the budget in the board file',
  },
  {
    code: 98,
    name: 'handle',
    text: 'a host call got a handle that does not exist or is of another kind',
    cure: 'declare it with `use`; hand-made modules: check the handle numbering',
  },
  { code: 99, name: 'nan', text: 'an output was given NaN', cure: 'guard the computation against 0/0 and infinities' },
  {
    code: 100,
    name: 'message',
    text: 'the fields put do not match the message that was sent',
    cure: 'put every field once, in order, with its type',
  },
  {
    code: 101,
    name: 'parked',
    text: 'the behaviour failed too often and was parked',
    cure: 'fix it and flash it again, or `tars start` it',
  },
  {
    code: 102,
    name: 'load',
    text: "the behaviour took more of the processor's time than its load",
    cure: 'do less, or less often, or give it a larger `load`; `tars check --bounds` says what it needs',
  },
  {
    code: 103,
    name: 'late',
    text: 'an event of the behaviour waited for its neighbours longer than its deadline',
    cure: 'let the neighbours do less, give the behaviour a higher priority, or a longer `deadline`',
  },
  { code: 110, name: 'crashed', text: 'the board failed twice in this app', cure: 'flash another, report its panic' },
  { code: 112, name: 'truncated', text: 'the bytes end too early', cure: 'send the whole bundle again' },
  {
    code: 113,
    name: 'trailing',
    text: 'bytes follow where the bundle or a part of it must end',
    cure: 'pack the bundle with `tars bundle`; something added bytes to it',
  },
  {
    code: 114,
    name: 'encoding',
    text: 'a value is not spelled in the one allowed way',
    cure: 'pack the bundle with `tars bundle`; other spellings of CBOR are refused',
  },
  {
    code: 115,
    name: 'duplicate_key',
    text: 'a map has the same key twice',
    cure: 'pack the bundle with `tars bundle`; two readers might understand this one differently',
  },
  {
    code: 116,
    name: 'profile',
    text: 'this is no bundle of the closed profile',
    cure: 'pack it with `tars bundle`; docs/updates.md has the template',
  },
  {
    code: 117,
    name: 'algorithm',
    text: 'signed or hashed with an algorithm that is not accepted',
    cure: 'sign with Ed25519 and SHA-256, as `tars bundle` does',
  },
  {
    code: 118,
    name: 'version',
    text: 'the format has a version that this software does not know',
    cure: 'update tars or the firmware',
  },
  { code: 119, name: 'unsigned', text: 'the bundle has no signature', cure: 'sign it with `tars bundle --key`' },
  {
    code: 120,
    name: 'duplicate_signer',
    text: 'two signatures name the same key',
    cure: 'sign once with each key; one key never counts twice',
  },
  {
    code: 121,
    name: 'not_owned',
    text: 'the board has no owner yet, so it trusts no signature',
    cure: 'give it a root document with `tars provision` over a physical port',
  },
  {
    code: 122,
    name: 'unknown_key',
    text: 'signed by a key that the root document does not list',
    cure: 'sign with a key of the root document, or add the key to the next one',
  },
  {
    code: 123,
    name: 'role',
    text: 'the key that signed lacks the role for it',
    cure: 'sign with a key that has the role; `tars inspect` of the root document shows the roles',
  },
  {
    code: 124,
    name: 'threshold',
    text: 'fewer keys signed than the root document wants',
    cure: 'sign with more of its keys, each named with --key',
  },
  {
    code: 125,
    name: 'malleable',
    text: 'the signature is a second spelling of another one (S is not below the group order)',
    cure: 'somebody changed it on the way; send the original',
  },
  {
    code: 126,
    name: 'small_order',
    text: 'a key or signature point of small order, which fits any message',
    cure: 'make keys with `tars keys new`; somebody forged this one',
  },
  {
    code: 127,
    name: 'bad_signature',
    text: 'the signature does not belong to these bytes and this key',
    cure: 'the bundle was changed or signed by another key of this name; pack and sign it again',
  },
  {
    code: 128,
    name: 'wrong_vendor',
    text: 'the bundle is from another owner',
    cure: 'use a bundle that was packed for the owner of this board',
  },
  {
    code: 129,
    name: 'wrong_class',
    text: 'the bundle is for another class of boards',
    cure: 'build and pack it with --board for this board',
  },
  {
    code: 130,
    name: 'wrong_device',
    text: 'the bundle is for another device',
    cure: 'pack it for this device, or without a device',
  },
  {
    code: 131,
    name: 'wrong_engine',
    text: 'native code for another processor or engine build',
    cure: 'compile it for the engine that `tars ps` shows',
  },
  {
    code: 132,
    name: 'epoch',
    text: 'the epoch is not the one of the root document',
    cure: 'pack it again with the current root document',
  },
  {
    code: 133,
    name: 'rollback',
    text: 'a newer bundle is already committed',
    cure: 'to go back, pack the old app under a higher sequence number',
  },
  {
    code: 134,
    name: 'equivocation',
    text: 'another bundle with the same sequence number is committed',
    cure: 'find out who signed two bundles with one number, then pack with a higher one',
  },
  {
    code: 135,
    name: 'fast_forward',
    text: 'the sequence number is too far ahead',
    cure: 'use the next number; after a long time off line send a newer root document first',
  },
  {
    code: 136,
    name: 'known_bad',
    text: 'this bundle failed on this device before',
    cure: 'fix the app and pack it again',
  },
  { code: 137, name: 'delta', text: 'the device cannot make the app from this difference', cure: 'send the whole app' },
  {
    code: 138,
    name: 'payload_size',
    text: 'the payload does not have the signed size',
    cure: 'send the bundle again; if it stays so, somebody tampers with it',
  },
  {
    code: 139,
    name: 'payload_digest',
    text: 'the payload does not have the signed digest',
    cure: 'send the bundle again; if it stays so, somebody tampers with it',
  },
  {
    code: 140,
    name: 'grant',
    text: 'a module asks for more than the signed grant allows',
    cure: 'pack it again so that the grant covers it, after looking at why it asks for more',
  },
  {
    code: 141,
    name: 'root_keys',
    text: 'the keys and thresholds of the root document do not fit together',
    cure: 'give each threshold 1 to as many keys as have the role, and use each key once',
  },
  {
    code: 142,
    name: 'root_version',
    text: 'the root document is not the next one',
    cure: 'send every root document in order, each exactly one version higher',
  },
  {
    code: 143,
    name: 'owned',
    text: 'the board has an owner, so this must be signed',
    cure: 'sign it: `--key` with an operator key for a command, `--key` with a release key for an app',
  },
  {
    code: 144,
    name: 'session',
    text: 'the beacon answers another session of the board',
    cure: 'sign one for the nonce that its newest birth has',
  },
  {
    code: 145,
    name: 'replay',
    text: 'the counter of the command was used before',
    cure: 'send it again; if nobody else commands this board, somebody replays',
  },
  {
    code: 146,
    name: 'past',
    text: 'signed earlier than something that the board has already seen',
    cure:
      'set the clock of this computer; if it is right, something was signed with a clock that was ahead: ' +
      '`tars keys root --after --set-time` makes a root document that sets the time of boards',
  },
  {
    code: 147,
    name: 'expired',
    text: 'it does not hold any more',
    cure: 'sign a new one; if it is new, set the clock of this computer',
  },
  {
    code: 148,
    name: 'slow',
    text: 'the bytes come more slowly than the least rate',
    cure: 'look at the connection, then send it again',
  },
  {
    code: 149,
    name: 'nonce',
    text: 'the command names a nonce that the board did not give, or gave too long ago',
    cure: 'send it again: tars asks the board for a nonce first; if it stays so, somebody holds commands back',
  },
  {
    code: 150,
    name: 'future',
    text: 'signed too long after everything that the board has seen',
    cure:
      'set the clock of this computer; if it is right, the board was away for years: ' +
      '`tars keys root --after --set-time` makes a root document that sets the time of boards',
  },
  {
    code: 151,
    name: 'trials',
    text: 'so many trials have failed or were cut short on this board that it begins the next one some minutes later',
    cure: 'wait: it tries again by itself; look in the log of the board why they failed',
  },
  {
    code: 152,
    name: 'unreadable',
    text: 'the flash is damaged, so the board cannot tell whose it is or which number it had, and takes nothing',
    cure: 'repair it with `tars repair` and a key of its owner, or erase it with `tars provision --erase`',
  },
] as const satisfies readonly ErrorRow[];

/** A host call can return errors whose codes are below this: its row on the board has a bit for each, in 16 bits. */
export const GUEST_ERRORS = 16;

/** A fallible call returns `ERROR_BASE - code`, so any 16-bit value and its error fit one i32. */
export const ERROR_BASE = -65536;
