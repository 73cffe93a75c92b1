/** Values as the golden vectors in hal/vectors write them. */
import { type Cbor, CborFloat } from '../cbor.js';

export type ItemJson =
  | number
  | boolean
  | string
  | readonly ItemJson[]
  | { readonly int: string }
  | { readonly float: number | string }
  | { readonly hex: string }
  | { readonly map: readonly (readonly [number | string, ItemJson])[] };

/** The item that a vector describes. */
export function itemOf(json: ItemJson): Cbor {
  if (Array.isArray(json)) return (json as readonly ItemJson[]).map(itemOf);
  if (typeof json !== 'object') return json;
  if ('int' in json) return BigInt(json.int);
  if ('float' in json) return new CborFloat(Number(json.float));
  if ('hex' in json) return Uint8Array.from(Buffer.from(json.hex, 'hex'));
  const { map } = json as { readonly map: readonly (readonly [number | string, ItemJson])[] };
  return new Map(map.map(([key, value]) => [key, itemOf(value)]));
}
