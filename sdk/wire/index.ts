/** Bytes of the contract, for hosts: canonical CBOR, frames and messages. Pure functions, no I/O. */
export { type Cbor, CborError, CborFloat, decodeCbor, encodeCbor } from './cbor.js';
export { crc32 } from './crc32.js';
export { encodeFrame, type Frame, FrameReceiver, MAX_BODY, type Received } from './frame.js';
export {
  bench,
  type Body,
  decodeBody,
  decodeResponse,
  encodeBody,
  encodeResponse,
  type FieldValues,
  fleet,
  link,
  type MessageBody,
  messageById,
  type Response,
  type ResponseBody,
  type WireValue,
} from './message.js';
