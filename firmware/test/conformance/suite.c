/* Counts and order of the conformance suite, and what fits nowhere else: entropy and evidence. */
#include "conformance.h"
#include "tars_os.h"

#include <string.h>

static int checks, failures;

static void say_number(int number) {
  char text[12], *at = text + sizeof text - 1;
  *at = 0;
  do *--at = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  conformance_say(at);
}

void conformance_check(bool fine, const char *what, int line) {
  checks++;
  if (fine) return;
  failures++;
  conformance_say("line ");
  say_number(line);
  conformance_say(": ");
  conformance_say(what);
  conformance_say("\n");
}

/* Two draws of random bytes differ and have about as many ones as zeros. */
static void entropy(void) {
  static uint8_t first[1024], second[1024];
  CHECK(tars_os_random(first, sizeof first) == 0 && tars_os_random(second, sizeof second) == 0);
  CHECK(memcmp(first, second, sizeof first) != 0);
  int ones = 0;
  for (unsigned i = 0; i < sizeof first; i++) ones += __builtin_popcount(first[i]);
  CHECK(ones > 4096 - 400 && ones < 4096 + 400); /* almost nine standard deviations */
}

/* Evidence is given once, whatever it is; power that comes on leaves none. */
static void evidence(void) {
  CHECK(tars_os_evidence_take() == 0);
  for (int what = 0; what <= UINT8_MAX; what++) {
    tars_os_evidence_set((uint8_t)what);
    CHECK(tars_os_evidence_take() == what && tars_os_evidence_take() == 0);
  }
  tars_os_evidence_set(7);
  tars_os_evidence_set(0);
  CHECK(tars_os_evidence_take() == 0);
}

int conformance_run(uint16_t port) {
  conformance_numbers();
  conformance_library();
  conformance_peripherals();
  conformance_store();
  conformance_tasks();
  entropy();
  evidence();
  conformance_stream(port);
  conformance_say("conformance: ");
  say_number(checks);
  conformance_say(" checks, ");
  say_number(failures);
  conformance_say(" failed\n");
  return failures;
}
