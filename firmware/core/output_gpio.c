/* Digital outputs. The level written last is kept by the handle: `gpio.read` of an output, toggling, taking over and
 * restoring need no port that can read its outputs back. */
#include "output.h"
#include "tars_hal.h"
#include "tars_kinds.h"

/* Values of `safe`. */
enum { SAFE_HIGH = 1, SAFE_HOLD = 2 };

/* Electrical level of a logical one. */
static bool electrical(const tars_use *use, bool level) { return level != (use->gpio_out.active == 1); }

/* Remembers and writes a logical level. */
void tars_output_level(tars_behaviour *b, uint8_t handle, bool level) {
  b->handles[handle].out.level = level;
  tars_gpio_write(b->handles[handle].resource, electrical(&b->manifest.uses[handle], level));
}

/* At the very start there is no level to hold: an output whose safe state is `hold` starts low. */
static void first(tars_behaviour *b, uint8_t h) {
  b->handles[h].out.level = b->manifest.uses[h].gpio_out.safe == SAFE_HIGH;
}

/* Makes the pin an output at the level that was written last. */
static void apply(tars_behaviour *b, uint8_t h) {
  tars_gpio_output(b->handles[h].resource, electrical(&b->manifest.uses[h], b->handles[h].out.level));
}

/* Writes the declared level. */
static void safe(tars_behaviour *b, uint8_t h) {
  uint8_t level = b->manifest.uses[h].gpio_out.safe;
  if (level != SAFE_HOLD) tars_output_level(b, h, level == SAFE_HIGH);
}

/* The pin keeps its electrical level, so the logical one inverts if `active` differs. */
static void adopt(tars_behaviour *b, uint8_t h, const tars_behaviour *old, uint8_t from) {
  bool voltage = electrical(&old->manifest.uses[from], old->handles[from].out.level);
  b->handles[h].out.level = electrical(&b->manifest.uses[h], voltage);
}

const tars_output_ops tars_output_gpio_out = { first, apply, safe, adopt };
