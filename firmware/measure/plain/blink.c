/* examples/blink in C. */
#include "plain.h"
#include "tars_hal.h"

enum { LED = 0 };

static bool level;

/* The pin as an output. */
void plain_start(void) { tars_gpio_output(LED, level); }

/* What was written last; not inlined, because its call is measured. */
__attribute__((noinline)) static bool plain_level(void) { return level; }

/* Toggles. */
void plain_react(void) {
  level = !plain_level();
  tars_gpio_write(LED, level);
}
