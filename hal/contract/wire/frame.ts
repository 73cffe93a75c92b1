/**
 * A frame before stuffing: `id` (1 byte; bit 7 set in a response), `seq` (2 bytes, little endian), body (CBOR array),
 * CRC-32 (IEEE 802.3, 4 bytes, little endian) over all before it. The frame on the wire is 00, COBS of that, 00. The
 * body of a response is `[code, ...fields]`, code 0 or the negative of an error; an error has no fields. A request
 * carries a sequence number from 1 to 65,535, then 1 again; an event counts its own.
 */
export const frame = { header: 3, crc: 4, response: 0x80 } as const;
