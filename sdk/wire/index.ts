/** Bytes of the contract, for hosts: canonical CBOR, frames and messages. Pure functions, no I/O. */
export { type Cbor, CborError, CborFloat, decodeCbor, encodeCbor } from './cbor.js';
