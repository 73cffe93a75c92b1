import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { type ErrorName, limits } from '../../hal/contract/index.js';
import { build, BLINK, buildGood, KALMAN, SWEEP } from '../compiler/testing/programs.js';
import { programs } from '../interpreter/generate.js';
import { attacks, heap, heaps } from '../model/testing/heaps.js';
import { heavy, heavyModule } from '../model/testing/heavy.js';
import { manifestBytes, withManifest, withoutCustoms } from './attach.js';
import { decodeModule, ImageError, Reader } from './decode.js';
import { disassemble } from './disassemble.js';
import { encodeModule } from './encode.js';
import { inspect } from './inspect.js';
import { writeSigned, writeU32 } from './leb.js';
import { decodeManifest } from './manifest-decode.js';
import { encodeManifest, type Manifest, type SourceRow, type Use } from './manifest.js';
import type { WasmModule } from './module.js';
import { sha256 } from './sha256.js';
import { verify } from './verify.js';

describe('LEB128', () => {
  it('is read back, and only in shortest form', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (unsigned, signed) => {
        const out: number[] = [];
        writeU32(out, unsigned);
        writeSigned(out, signed);
        const reader = new Reader(Uint8Array.from(out));
        expect(reader.u32()).toBe(unsigned);
        expect(reader.signed(64)).toBe(signed);
        expect(reader.at).toBe(out.length);
      }),
    );
    for (const bytes of [
      [0x80, 0x00],
      [0xff, 0xff, 0xff, 0xff, 0x1f],
    ])
      expect(() => new Reader(Uint8Array.from(bytes)).u32()).toThrow(ImageError);
    for (const bytes of [
      [0x80, 0x00],
      [0xff, 0x7f],
    ])
      expect(() => new Reader(Uint8Array.from(bytes)).signed(32)).toThrow(ImageError);
  });
});

describe('SHA-256', () => {
  it('is the one of Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(Buffer.from(sha256(bytes)).equals(createHash('sha256').update(bytes).digest())).toBe(true);
      }),
    );
  });
});

const valueType = fc.constantFrom('i32', 'i64', 'f32');
const global = fc.oneof(
  fc.record({ type: fc.constant('i32'), mutable: fc.boolean(), initial: fc.integer() }),
  fc.record({
    type: fc.constant('i64'),
    mutable: fc.boolean(),
    initial: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({ type: fc.constant('f32'), mutable: fc.boolean(), initial: fc.float({ noNaN: true }) }),
);
const modules = fc.record({
  types: fc.array(
    fc.record({ params: fc.array(valueType, { maxLength: 4 }), results: fc.array(valueType, { maxLength: 1 }) }),
    { minLength: 1, maxLength: 5 },
  ),
  globals: fc.array(global, { maxLength: 6 }),
  customs: fc.array(fc.record({ name: fc.string({ maxLength: 5 }), bytes: fc.uint8Array({ maxLength: 20 }) }), {
    maxLength: 3,
  }),
  locals: fc.array(valueType, { maxLength: 6 }),
});

describe('modules', () => {
  it('come back from their bytes as they were', () => {
    fc.assert(
      fc.property(modules, ({ types, globals, customs, locals }) => {
        const module = {
          types,
          globals,
          customs,
          imports: [{ module: 't', field: 'a', type: 0 }],
          functions: [{ type: 0, locals, code: [0x00, 0x0b] }],
          exports: [{ name: 'r', function: 1 }],
        } as unknown as WasmModule;
        const decoded = decodeModule(encodeModule(module));
        expect(decoded.types).toEqual(types);
        expect(decoded.globals).toEqual(globals);
        expect(decoded.imports).toEqual([{ module: 't', field: 'a', kind: 'function', type: 0 }]);
        expect(
          decoded.bodies[0]?.locals.flatMap(({ count, type }) => Array.from({ length: count }, () => type)),
        ).toEqual(locals);
        expect(decoded.sections.flatMap((section) => section.custom ?? [])).toEqual(
          customs.map((custom) => custom.name),
        );
      }),
    );
  });

  it('of random programs are valid for wabt and keep the rules of the ABI', async () => {
    const tools = await wabt();
    fc.assert(
      fc.property(programs, (source) => {
        const { module } = buildGood(source);
        tools.readWasm(module, { readDebugNames: false }).validate();
        expect(verify(module)).toEqual([]);
        expect(disassemble(module)).not.toMatch(/unknown|opcode/);
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it('cut short or changed are refused or decoded, never a crash', () => {
    const { module } = buildGood(KALMAN);
    fc.assert(
      fc.property(fc.nat(module.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const bytes = cut ? module.slice(0, at) : module.map((each, i) => (i === at ? byte : each));
        expect(Array.isArray(verify(bytes))).toBe(true);
        if (cut) expect(verify(bytes).length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('manifests', () => {
  interface Vector {
    readonly name?: string;
    readonly bytes?: readonly (readonly [string, string])[];
    readonly refused?: 'manifest' | 'abi';
    readonly why?: string;
    readonly of?: string;
    readonly from?: string;
    readonly to?: string;
  }
  const vectors = JSON.parse(
    readFileSync(new URL('../../hal/vectors/manifests.json', import.meta.url), 'utf8'),
  ) as Vector[];
  const good = new Map(
    vectors
      .filter((each) => each.name !== undefined)
      .map((each) => [each.name, (each.bytes ?? []).map(([hex]) => hex).join('')]),
  );
  const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

  it.each([...good])('golden %s is decoded and comes back the same', (_, hex) => {
    const result = decodeManifest(bytesOf(hex));
    if (!('manifest' in result)) throw new Error(result.why);
    expect(Buffer.from(encodeManifest(result.manifest)).toString('hex')).toBe(hex);
  });

  it.each(vectors.filter((each) => each.refused !== undefined))(
    'refused as $refused: $why ($of)',
    ({ refused, of, from = '', to = '' }) => {
      const hex = good.get(of) ?? '';
      expect(hex).toContain(from);
      expect(decodeManifest(bytesOf(hex.replace(from, to)))).toMatchObject({ verdict: refused });
    },
  );

  it('of the compiler come back as they were', () => {
    for (const source of [BLINK, KALMAN, SWEEP]) {
      const { module, manifest } = buildGood(source);
      const result = decodeManifest(manifestBytes(module) ?? new Uint8Array());
      if (!('manifest' in result)) throw new Error(result.why);
      expect(encodeManifest(result.manifest)).toEqual(encodeManifest(manifest));
      expect(result.manifest.bounds).toEqual(manifest.bounds);
    }
  });

  it('of the Kalman program is, byte for byte but for its bounds, the golden one written by hand', () => {
    const { manifest } = buildGood(KALMAN);
    const result = decodeManifest(bytesOf(good.get('kalman') ?? ''));
    if (!('manifest' in result)) throw new Error(result.why);
    expect(encodeManifest({ ...manifest, bounds: result.manifest.bounds })).toEqual(encodeManifest(result.manifest));
  });

  it('are replaced, and taken off', () => {
    const blink = buildGood(BLINK).module;
    const other = manifestBytes(buildGood(KALMAN).module) ?? new Uint8Array();
    const changed = withManifest(blink, other);
    expect(manifestBytes(changed)).toEqual(other);
    expect(withoutCustoms(changed)).toEqual(withoutCustoms(blink));
    expect(withManifest(changed, manifestBytes(blink) ?? other)).toEqual(blink);
  });
});

const every = (period: bigint, deadline = 0): SourceRow => ({
  kind: 'every',
  fields: { period, catchup: 0, deadline },
});
const subscription = (silence: number): Use => ({
  kind: 'subscribe',
  fields: { topic: 'far', schema: 'x:i32', depth: 0, silence },
});

describe('the rules of the ABI', () => {
  /** What is found in a module in text, with the manifest of blink but for the bytes of memory. */
  async function handmade(text: string, memory = 0): Promise<ReturnType<typeof verify>> {
    const tools = await wabt();
    const bytes = tools.parseWat('t.wat', text).toBinary({}).buffer;
    const { manifest } = buildGood(BLINK);
    const [stack = 0, , ...reactions] = manifest.bounds;
    const module = withManifest(bytes, encodeManifest({ ...manifest, bounds: [stack, memory, ...reactions] }));
    const findings = verify(module);
    expect(inspect(module).findings).toEqual(findings);
    return findings;
  }
  const entry = '(func (export "r") (param i32 i32))';

  it.each<[what: string, text: string, verdict: ErrorName, why: RegExp, memory?: number]>([
    ['a start section', `(module ${entry} (func $s) (start $s))`, 'module', /start/],
    ['a call that does not exist', `(module (import "t" "zz" (func)) ${entry})`, 'missing_call', /zz/],
    [
      'a call that the manifest lacks',
      `(module (import "t" "7" (func (param i32 i32))) ${entry})`,
      'denied',
      /gpio.write/,
    ],
    ['a call of another type', `(module (import "t" "1" (func (param i64))) ${entry})`, 'module', /type/],
    ['an import from elsewhere', `(module (import "env" "1" (func (param i32))) ${entry})`, 'module', /env/],
    ['an imported memory', `(module (import "t" "m" (memory 1 1)) ${entry})`, 'module', /only functions/],
    ['an imported global', `(module (import "t" "g" (global i32)) ${entry})`, 'module', /only functions/],
    ['no entry', '(module)', 'module', /instead of one/],
    ['an entry of another type', '(module (func (export "r") (param i32)))', 'module', /not \(i32, i32\)/],
    ['another export', `(module ${entry} (func (export "x")))`, 'module', /export/],
    ['a memory that can grow', `(module (memory 1 2) ${entry})`, 'module', /grow/, 8],
    ['a memory without a maximum', `(module (memory 1) ${entry})`, 'module', /grow/, 8],
    ['a memory that the manifest does not say', `(module (memory 1 1) ${entry})`, 'manifest', /0 bytes/],
    ['a memory that the module lacks', `(module ${entry})`, 'manifest', /0 pages/, 8],
    ['bytes of memory that are not whole units', `(module (memory 1 1) ${entry})`, 'manifest', /100 bytes/, 100],
    ['more bytes of memory than pages', `(module (memory 1 1) ${entry})`, 'manifest', /65544 bytes/, 65544],
    ['data outside', `(module (memory 1 1) (data (i32.const 7) "ab") ${entry})`, 'module', /data at 7/, 8],
    ['a table that can grow', `(module (table 1 2 funcref) ${entry})`, 'module', /grow/],
  ])('refuse %s', async (_, text, verdict, why, memory = 0) => {
    const findings = await handmade(text, memory);
    expect(findings.map((each) => each.verdict)).toEqual([verdict]);
    expect(findings[0]?.why).toMatch(why);
  });

  it.each(attacks)('refuse %s', (_, module, verdict) => {
    expect(verify(module)[0]).toMatchObject({ verdict });
    expect(inspect(module).findings[0]).toMatchObject({ verdict });
  });

  it.each(Object.keys(heaps) as (keyof typeof limits)[])('let pass as many as the limit `%s`', (limit) => {
    expect(verify(heap(limit, limits[limit].value))).toEqual([]);
  });

  it.each(Object.keys(heavy))('let pass what costs a loader most: %s', (kind) => {
    const module = heavyModule(kind, 16384);
    expect(verify(module)).toEqual([]);
    expect(module.length).toBeGreaterThan(14_000);
    expect(module.length).toBeLessThanOrEqual(16384);
  });

  it('let pass a memory of fixed size, with what a C guest exports or without', async () => {
    const guest = `(memory (export "memory") 1 1) (global (export "__heap_base") i32 (i32.const 8))`;
    expect(await handmade(`(module ${guest} ${entry})`, 8)).toEqual([]);
    expect(await handmade(`(module (memory 1 1) (data (i32.const 6) "ab") (data "abc") ${entry})`, 8)).toEqual([]);
  });

  it.each<[what: string, change: Partial<Manifest>, why: RegExp | undefined]>([
    ['a period', { sources: [every(99n)] }, /period of 99 us, at least 100/],
    ['the least period', { sources: [every(100n)] }, undefined],
    ['a deadline of a source', { sources: [every(500_000n, 99)] }, /deadline of 99 us/],
    ['a deadline of the behaviour', { deadline: 1 }, /deadline of 1 us/],
    ['the silence of a subscription', { uses: [subscription(99)] }, /silence of 99 us/],
    ['a subscription without one', { uses: [subscription(0)] }, undefined],
    ['the delay of a restart', { restart: [9, 5] }, /restart after 9 ms, at least 10/],
    ['no delay of a restart, and no end of them', { restart: [0, 0] }, /restart after 0 ms/],
    ['the least delay', { restart: [10, 0] }, undefined],
  ])('hold %s to the floor of a board', (_, change, why) => {
    const { module, manifest } = buildGood(BLINK);
    const bytes = withManifest(module, encodeManifest({ ...manifest, uses: manifest.uses, ...change }));
    const found = verify(bytes, { periodUs: 100, restartMs: 10 }).filter(({ verdict }) => verdict === 'floor');
    expect(found.length).toBe(why === undefined ? 0 : 1);
    if (why) expect(found[0]?.why).toMatch(why);
    expect(verify(bytes).filter(({ verdict }) => verdict === 'floor')).toEqual([]);
  });

  it('want exactly one manifest', () => {
    expect(verify(withoutCustoms(buildGood(BLINK).module))).toMatchObject([{ verdict: 'manifest' }]);
  });
});

describe('explaining', () => {
  it('names calls, sizes, handles and bounds', () => {
    const { module } = buildGood(KALMAN);
    const found = inspect(module);
    expect(found.size.code + found.size.manifest).toBe(module.length);
    expect(found.imports.map((each) => each.name)).toEqual(['i2c.read_i16be', 'msg.put_f32', 'msg.send']);
    expect(found.handles[0]).toBe('i2c: name "I2C1", address 72, speed 400kHz');
    expect(found.entries).toMatchObject([{ entry: 'start', calls: 0 }, { calls: 4 }]);
    expect(found.findings).toEqual([]);
  });

  it('lists code with the calls by name', () => {
    expect(disassemble(buildGood(BLINK).module)).toBe(
      `(module
  (import "t" "1" (func $gpio.toggle (param i32)))
  (func $r (export "r") (param i32 i32)
    local.get 0
    if
      i32.const 0
      call $gpio.toggle
    end)
)
`.replace(')\n)\n', '))\n'),
    );
  });

  it('a program with mistakes has no module to explain', () => {
    expect(build('behaviour t\nfoo()\n').module).toBeUndefined();
  });
});
