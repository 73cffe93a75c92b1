import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errors, limits } from '../../hal/contract/index.js';
import { sampled } from '../../sdk/testing/figures.js';
import { packApp, unpackApp } from './app.js';
import { BundleError, packBundle, requestsOf } from './bundle.js';
import { beyondGrant, decodeGrant, encodeGrant, grantFor } from './grant.js';
import { toHex } from './ids.js';
import { decodeBundleManifest, encodeBundleManifest } from './bundle-manifest.js';
import { callBitmap, callIds, type Request } from './request.js';
import { verifyRoot } from './root.js';
import { accepted } from './testing/accepted.js';
import { attackBase } from './testing/attacks.js';
import { boardOf, boards, images, keys, largeImage, rootDocuments, rootOf, VENDOR } from './testing/cast.js';
import { forge } from './testing/forge.js';
import { verifyBundle } from './verify.js';

const { good, input } = attackBase;
const fresh = boardOf(boards.fresh);
const names: readonly string[] = errors.map(({ name }) => name);
const errorOf = (bytes: Uint8Array, board = fresh): string | undefined => {
  const verdict = verifyBundle(bytes, board);
  return 'refused' in verdict ? verdict.refused.error : undefined;
};

describe('a bundle that runs from RAM', () => {
  const withDev = { ...fresh, root: rootOf({ alice: ['root', 'release'], bob: ['dev'] }, 1) };
  const sign = (number: number, by: (typeof keys)['alice']): Uint8Array =>
    packBundle({ image: images.blink, vendor: VENDOR, epoch: 0, number, healthMs: 1000 }, [by]).bytes;
  const verdict = (bytes: Uint8Array, dev: boolean, board = withDev): string => {
    const result = verifyBundle(bytes, board, { dev });
    return 'refused' in result ? result.refused.error : 'taken';
  };

  it('is signed by keys with the role dev, which sign nothing that is stored', () => {
    expect([verdict(sign(1, keys.bob), true), verdict(sign(1, keys.bob), false)]).toEqual(['taken', 'role']);
    expect([verdict(sign(1, keys.alice), true), verdict(sign(1, keys.alice), false)]).toEqual(['role', 'taken']);
    expect(verdict(sign(1, keys.mallory), true)).toBe('unknown_key');
  });

  it('may have any number, and is still for this owner and class, and not known to be bad', () => {
    const committed = { epoch: 0, number: 7, digest: new Uint8Array(32) };
    const bundle = sign(1, keys.bob);
    expect(verdict(bundle, true, { ...withDev, committed })).toBe('taken');
    expect(verdict(sign(0xffffffff, keys.bob), true, { ...withDev, committed })).toBe('taken');
    expect(verdict(bundle, true, { ...withDev, class: 'other' })).toBe('wrong_class');
    const opened = verifyBundle(bundle, withDev, { dev: true });
    const digest = 'accepted' in opened ? opened.accepted.digest : new Uint8Array();
    expect(verdict(bundle, true, { ...withDev, failed: [digest] })).toBe('known_bad');
  });
});

/** Of the bits of a document, every third is flipped; the long tests flip all. */
const bits = (bytes: Uint8Array): number[] => sampled(8 * bytes.length, 3);

describe('a bundle', () => {
  it('is refused with any one bit flipped', () => {
    // Shape: how many flips each check catches; the four large ones are the digest, signature and payload checks and
    // the form.
    const caught = new Map<string, number>();
    const payload = 8 * Buffer.from(good).indexOf(images.kalman);
    const inPayload = bits(good).filter((bit) => bit >= payload && bit < payload + 8 * images.kalman.length);
    for (const bit of bits(good)) {
      const bytes = good.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      const error = errorOf(bytes);
      expect(error, `bit ${bit}`).toBeDefined();
      caught.set(error as string, (caught.get(error as string) ?? 0) + 1);
    }
    expect(caught.get('payload_digest')).toBe(inPayload.length);
    for (const error of [
      'bad_signature',
      'malleable',
      'unknown_key',
      'algorithm',
      'digest',
      'truncated',
      'profile',
      'encoding',
    ])
      expect(caught.get(error), error).toBeGreaterThan(0);
  });

  it('is refused as truncated at every length', () => {
    for (let length = 0; length < good.length; length++)
      expect(errorOf(good.subarray(0, length)), `${length} bytes`).toBe('truncated');
    expect(errorOf(good)).toBeUndefined();
  });

  it('never makes the verifier throw, whatever its bytes are', () => {
    const edit = fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const bytes = good.slice();
        for (const { at, value } of edits) bytes[at] = value;
        const error = errorOf(bytes);
        expect(error === undefined ? toHex(bytes) === toHex(good) : names.includes(error)).toBe(true);
      }),
      { numRuns: 1500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(names).toContain(errorOf(bytes));
      }),
      { numRuns: 1500 },
    );
  });

  it('is put together by hand as by the packer', () => {
    for (const { bytes, board } of accepted) {
      const verdict = verifyBundle(bytes, boardOf(board));
      if (!('accepted' in verdict)) throw new Error(verdict.refused.why);
      const { manifest } = verdict.accepted;
      expect(toHex(forge(manifest))).toBe(toHex(encodeBundleManifest(manifest)));
      expect(decodeBundleManifest(encodeBundleManifest(manifest))).toEqual(manifest);
    }
  });

  it('goes detached when it is longer than the limit', () => {
    const image = largeImage();
    const bundle = packBundle({ ...input, image }, [keys.alice]);
    expect(bundle.bytes.length).toBeLessThan(limits.bundle.value);
    expect(bundle.payload).toEqual(image);
    expect(verifyBundle(bundle.bytes, fresh, { payload: image })).toMatchObject({
      accepted: { app: { class: 'virtual' } },
    });
    expect(verifyBundle(bundle.bytes, fresh)).not.toHaveProperty('accepted.app');
  });

  it('is not packed from nonsense', () => {
    expect(() => packBundle({ ...input, number: 0 }, [keys.alice])).toThrow(BundleError);
    expect(() => packBundle({ ...input, healthMs: 600_001 }, [keys.alice])).toThrow('health window');
    expect(() =>
      packBundle(
        input,
        Array.from({ length: 9 }, () => keys.alice),
      ),
    ).toThrow('at most 8');
    expect(() =>
      packBundle({ ...input, image: packApp({ class: 'virtual', modules: [Uint8Array.of(0)] }) }, [keys.alice]),
    ).toThrow('no Wasm module');
  });

  it('hears what else is wrong with its app', () => {
    const checkApp = () => ({ error: 'conflict', why: 'LED' }) as const;
    expect(verifyBundle(good, fresh, { checkApp })).toEqual({ refused: { error: 'conflict', why: 'LED' } });
  });

  it('costs what was promised: Kalman with grant, calls, health window and one signature', () => {
    for (const number of [1, 200, 60_000]) {
      expect(
        packBundle({ ...input, number }, [keys.alice]).bytes.length - images.kalman.length,
        `number ${number}`,
      ).toBeLessThanOrEqual(332);
    }
  });
});

describe('a root document', () => {
  it('is refused with any one bit flipped, and cut at any length', () => {
    const bytes = rootDocuments.one;
    for (const bit of bits(bytes)) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(verifyRoot(changed), `bit ${bit}`).toHaveProperty('refused');
    }
    for (let length = 0; length < bytes.length; length++)
      expect(verifyRoot(bytes.subarray(0, length))).toMatchObject({ refused: { error: 'truncated' } });
  });
});

describe('grants', () => {
  const { pace } = boards.fresh;
  const requests = [...requestsOf(images.kalman), ...requestsOf(images.topic), ...requestsOf(images.blink)];

  it('cover what they were made from, each of them and all together', () => {
    for (const some of [requests, requests.slice(0, 1), requests.slice(1)]) {
      const grant = grantFor(some);
      for (const request of some) expect(beyondGrant(grant, request, pace)).toBeUndefined();
      expect(decodeGrant(encodeGrant(grant))).toEqual(grant);
    }
  });

  it('cover nothing when they are empty', () => {
    const empty = { budget: { stack: 0, memory: 0, instructions: 0, calls: 255, load: 0, priority: 255 }, rows: [] };
    for (const request of requests) expect(beyondGrant(empty, request, pace)).toBeDefined();
  });

  it('take the wider of two uses, and 0 as no limit of a rate', () => {
    const cell = (value: number | string) => ({ value, raw: new Uint8Array() });
    const publish = (rate: number): Request => ({
      name: 'x',
      calls: [],
      budget: { stack: 0, memory: 0, instructions: 1, calls: 0, load: 0, priority: 0 },
      loadOn: () => 0,
      uses: [{ kind: 'publish', cells: { topic: cell('t'), rate: cell(rate), schema: cell('') } }],
    });
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(50), (a, b, asked) => {
        const limit = a === 0 || b === 0 ? Infinity : Math.max(a, b);
        const inside = (asked === 0 ? Infinity : asked) <= limit;
        expect(beyondGrant(grantFor([publish(a), publish(b)]), publish(asked), pace) === undefined).toBe(inside);
      }),
    );
  });

  it('want a bound where they grant one', () => {
    const [request] = requests as [Request];
    const unbounded = { ...request, budget: { ...request.budget, instructions: 0 } };
    expect(beyondGrant(grantFor([request]), unbounded, pace)).toContain('without bound');
    expect(beyondGrant(grantFor([unbounded]), request, pace)).toBeUndefined();
  });

  it('cover a load that is not said by what it comes to on the board, if it is known', () => {
    const [request] = requests as [Request];
    const least = grantFor([request]);
    const of = (load: number) => ({ ...least, budget: { ...least.budget, load } });
    const slow = { ...pace, speed: { ...pace.speed, eventNs: 400_000 } };
    expect(least.budget.load).toBe(0);
    expect(beyondGrant(of(50), request, pace)).toBeUndefined();
    expect(beyondGrant(of(49), request, pace)).toBe('load 50, granted 49');
    expect(beyondGrant(of(50), request, slow)).toBe('load 81, granted 50');
    expect(beyondGrant(of(1000), request, undefined)).toBe('load without bound, granted 1000');
    for (const board of [pace, slow, undefined]) expect(beyondGrant(least, request, board)).toBeUndefined();
  });
});

it('bitmaps of calls come back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(127)), (ids) => {
      expect(callIds(callBitmap(ids))).toEqual([...ids].sort((a, b) => a - b));
    }),
  );
});

it('images of the vectors are apps', () => {
  for (const image of Object.values(images)) expect(unpackApp(image).class).toBe('virtual');
  expect(VENDOR).toHaveLength(16);
});
