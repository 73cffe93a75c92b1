/* CRC-32 with a table of 16 entries: 64 bytes of flash, two steps a byte. */
#include "tars_crc32.h"

/* Continues a CRC over bytes. */
uint32_t tars_crc32(uint32_t crc, const void *bytes, uint32_t size) {
  static const uint32_t nibbles[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
  };
  const uint8_t *byte = bytes;
  crc = ~crc;
  for (; size; size--, byte++) {
    crc = crc >> 4 ^ nibbles[(crc ^ *byte) & 15];
    crc = crc >> 4 ^ nibbles[(crc ^ *byte >> 4) & 15];
  }
  return ~crc;
}
