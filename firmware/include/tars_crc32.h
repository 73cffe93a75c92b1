/* CRC-32 of IEEE 802.3: polynomial 0x04c11db7 reflected, initial value and final xor 0xffffffff. */
#ifndef TARS_CRC32_H
#define TARS_CRC32_H

#include <stdint.h>

/* Continues `crc` (0 at first) over `size` bytes. */
uint32_t tars_crc32(uint32_t crc, const void *bytes, uint32_t size);

#endif
