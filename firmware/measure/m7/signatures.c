/* Prints the verdict on each signature of the fixture: 0, or the code of the refusal. */
#include "machine.h"
#include "signatures.h"
#include "tars_ed25519.h"

/* One line for each row. */
int m7_main(void) {
  for (uint32_t i = 0; i < sizeof fixture_signatures / sizeof fixture_signatures[0]; i++) {
    int err = tars_ed25519_verify(fixture_signatures[i].message, fixture_signatures[i].size,
                                  fixture_signatures[i].signature, fixture_signatures[i].key);
    m7_print("verdict", (uint32_t)-err);
  }
  return 0;
}
