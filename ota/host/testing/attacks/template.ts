/** Signed manifests that leave the template: other values, other commands, other parameters. */
import { cbor } from '../../cbor.js';
import { boards, DEVICE_ID } from '../cast.js';
import { hex, parameterPairs, rawMap, uint } from '../forge.js';
import { base, forged, type Attack } from './base.js';

const { fresh } = boards;

/** Parameters with the value of one label replaced, added or, with `undefined`, left out. */
function parameter(label: number, value: Uint8Array | undefined): Uint8Array {
  const key = cbor.int(label);
  const others = parameterPairs(base).filter(([each]) => Buffer.compare(each, key) !== 0);
  const all = value ? [...others, [key, value] as const] : others;
  return forged({ parameters: all.sort(([a], [b]) => Buffer.compare(a, b)) });
}

export const template: readonly Attack[] = [
  { name: 'manifest of version 2', error: 'version', board: fresh, bytes: forged({ version: uint(2) }) },
  { name: 'sequence number 0', error: 'profile', board: fresh, bytes: forged({ sequence: uint(0) }) },
  {
    name: 'sequence number 0 of a later epoch',
    error: 'profile',
    board: fresh,
    bytes: forged({ sequence: uint(2 ** 32) }),
  },
  {
    name: 'shared sequence of seven items',
    error: 'profile',
    board: fresh,
    bytes: forged({
      shared: cbor.array(uint(20), rawMap(parameterPairs(base)), uint(1), uint(15), uint(2), uint(15), uint(15)),
    }),
  },
  { name: 'epoch beyond 16 bits', error: 'profile', board: fresh, bytes: forged({ sequence: uint(2 ** 48 + 7) }) },
  {
    name: 'sequence number of 64 bits',
    error: 'profile',
    board: fresh,
    bytes: forged({ sequence: hex('1bffffffffffffffff') }),
  },
  { name: 'two components', error: 'profile', board: fresh, bytes: forged({ components: hex('82814100814101') }) },
  { name: 'another component', error: 'profile', board: fresh, bytes: forged({ components: hex('81814101') }) },
  {
    name: 'try-each instead of conditions',
    error: 'profile',
    board: fresh,
    bytes: forged({
      shared: cbor.array(
        uint(20),
        rawMap(parameterPairs(base)),
        uint(15),
        cbor.array(hex('4101'), cbor.null),
        uint(2),
        uint(15),
      ),
    }),
  },
  {
    name: 'class condition left out',
    error: 'profile',
    board: fresh,
    bytes: forged({ shared: cbor.array(uint(20), rawMap(parameterPairs(base)), uint(1), uint(15)) }),
  },
  {
    name: 'device parameter without its condition',
    error: 'profile',
    board: fresh,
    bytes: parameter(24, cbor.bytes(DEVICE_ID)),
  },
  {
    name: 'install from elsewhere',
    error: 'profile',
    board: fresh,
    bytes: forged({ install: hex('8614a11568687474703a2f2f781502030f') }),
  },
  {
    name: 'validate left out',
    error: 'profile',
    board: fresh,
    bytes: forged({ pairs: (pairs) => pairs.filter((_, i) => i !== 3) }),
  },
  {
    name: 'text in the manifest',
    error: 'profile',
    board: fresh,
    bytes: forged({ pairs: (pairs) => [...pairs, [uint(23), cbor.bytes(hex('a0'))]] }),
  },
  { name: 'unknown private parameter', error: 'profile', board: fresh, bytes: parameter(-300, uint(1)) },
  { name: 'grant left out', error: 'profile', board: fresh, bytes: parameter(-256, undefined) },
  { name: 'grant that is no grant', error: 'profile', board: fresh, bytes: parameter(-256, cbor.bytes(hex('80'))) },
  {
    name: 'grant with a default spelled out',
    error: 'profile',
    board: fresh,
    bytes: parameter(-256, cbor.bytes(hex('87000000000000818406644932433118481864'))),
  },
  { name: 'grant of ABI 1', error: 'profile', board: fresh, bytes: parameter(-256, cbor.bytes(hex('850000000080'))) },
  {
    name: 'grant of more than all of the processor',
    error: 'profile',
    board: fresh,
    bytes: parameter(-256, cbor.bytes(hex('87000000001903e90080'))),
  },
  {
    name: 'grant of a priority that does not exist',
    error: 'profile',
    board: fresh,
    bytes: parameter(-256, cbor.bytes(hex('87000000000019010080'))),
  },
  {
    name: 'grant with a row of an unknown kind',
    error: 'profile',
    board: fresh,
    bytes: parameter(-256, cbor.bytes(hex('870000000000008182186364412f2f2f'))),
  },
  {
    name: 'grant with a bound beyond 64 bits',
    error: 'profile',
    board: fresh,
    bytes: parameter(-256, cbor.bytes(hex('8700000000000081840c6171001bffffffffffffffff'))),
  },
  {
    name: 'calls with a zero byte at the end',
    error: 'profile',
    board: fresh,
    bytes: parameter(-257, cbor.bytes(hex('1c00'))),
  },
  { name: 'no health window', error: 'profile', board: fresh, bytes: parameter(-258, uint(0)) },
  { name: 'health window without end', error: 'profile', board: fresh, bytes: parameter(-258, uint(600_001)) },
];
