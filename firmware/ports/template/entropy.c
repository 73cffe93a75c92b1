/* Step 10: entropy. THE CHIP'S TRUE RANDOM NUMBER GENERATOR IS ASKED HERE, and nothing stands in for it: session nonces
 * and TLS rest on these bytes. A port without such a source has no TLS and no owner. */
#include "port.h"
#include "tars_os.h"

/* Starts the generator: its clock, its own tests, and the first number, which is thrown away. A generator that fails
 * its tests stops the board. */
void tars_entropy_init(void) {}

/* Fills `bytes`. Where the generator gives raw noise, it is conditioned here (SHA-256 is in tars_sha256.h), twice as
 * many bits in as out. Its error flags are read for every word; an error is -io, and then nothing of `bytes` may be
 * used. Any task. */
int tars_os_random(uint8_t *bytes, uint32_t size) {
  (void)bytes, (void)size;
  return NOT_WRITTEN;
}
