/* Constants that SHA-256 and SHA-512 share (FIPS 180-4): SHA-256 takes the upper halves, because both are the first
 * bits of the same roots. */
#ifndef SHA2_H
#define SHA2_H

#include <stdint.h>

/* Fractional parts of the cube roots of the first 80 primes (4.2.3, 4.2.2). */
extern const uint64_t tars_sha2_rounds[80];
/* Of the square roots of the first 8 primes (5.3.5, 5.3.3). */
extern const uint64_t tars_sha2_initial[8];

#endif
