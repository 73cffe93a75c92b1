/* Points of Ed25519's curve: what verifying and signing needs of them. */
#ifndef ED25519_POINT_H
#define ED25519_POINT_H

#include "ed25519_scalar.h"

/* Encoding of [s]B, B being the base point; its time doesn't depend on s, of which 255 bits count. */
void point_multiply(uint8_t encoded[32], const scalar s);
/* Encoding of [s]B - [h]A for s and h below L; false if A is not on the curve. Nothing here may be secret. */
bool point_combine(uint8_t encoded[32], const scalar s, const scalar h, const uint8_t a[32]);
/* Whether it is of small order, or a second spelling of any point. */
bool point_weak(const uint8_t encoded[32]);

#endif
