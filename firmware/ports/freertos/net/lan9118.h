/* The Ethernet controller LAN9118: frames in and out through its FIFOs, by the processor. */
#ifndef LAN9118_H
#define LAN9118_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of the longest frame without its checksum. */
#define LAN9118_FRAME 1514

/* Resets it and starts. False if there is none, or it doesn't come up. */
bool lan9118_start(void);
/* The address that the board's maker gave it; false if there is none. */
bool lan9118_address_get(uint8_t address[6]);
void lan9118_address_set(const uint8_t address[6]);
/* Whether a cable is plugged in. */
bool lan9118_link(void);

/* Bytes of the next frame that has come, 0 if there is none; it must be read or skipped before the next call. */
uint32_t lan9118_next(void);
/* Reads a frame of `size` bytes and its checksum, in whole words: `words` has room for LAN9118_WORDS(size). */
#define LAN9118_WORDS(size) (((size) + 4 + 3) / 4)
void lan9118_read(uint32_t *words, uint32_t size);
void lan9118_skip(uint32_t size);
/* Sends a frame; false if there is no room now. */
bool lan9118_send(const uint8_t *bytes, uint32_t size);

/* The next frame raises the interrupt again; true if one waits already. */
bool lan9118_listen(void);
/* In the interrupt: silences it until lan9118_listen(). */
void lan9118_silence(void);

#endif
