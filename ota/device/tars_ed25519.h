/* Ed25519 (RFC 8032) as strict as ota/host/ed25519.ts: S below the group's order, no point of small order, canonical
 * encodings only, the equation without cofactor. */
#ifndef TARS_ED25519_H
#define TARS_ED25519_H

#include <stdbool.h>
#include <stdint.h>

/* True for a point of small order, and for a second spelling of any point. */
bool tars_ed25519_weak(const uint8_t point[32]);
/* 0, -malleable, -small_order or -bad_signature. Takes time that depends on its arguments: nothing in them is
 * secret. */
int tars_ed25519_verify(const uint8_t *message, uint32_t size, const uint8_t signature[64], const uint8_t key[32]);
/* Makes a secret key, which is its seed and its public key, and wipes the seed. Neither this nor signing takes time
 * that depends on it. */
void tars_ed25519_key(uint8_t secret[64], uint8_t seed[32]);
/* Signs. The public half is hashed into it: signing with another one's would give the secret away. */
void tars_ed25519_sign(uint8_t signature[64], const uint8_t secret[64], const uint8_t *message, uint32_t size);

#endif
