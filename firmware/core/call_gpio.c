/* Host calls on digital pins. */
#include "input.h"
#include "output.h"
#include "tars_calls.h"
#include "tars_os.h"

/* Number of a handle. */
static uint8_t number_of(const tars_behaviour *b, const tars_use *use) { return (uint8_t)(use - b->manifest.uses); }

/* Inverts the level that was written last: a port need not be able to read its outputs back. */
int tars_call_gpio_toggle(struct tars_behaviour *b, const tars_use *use) {
  tars_output_level(b, number_of(b, use), !tars_handle_of(b, use)->out.level);
  return 0;
}

int tars_call_gpio_write(struct tars_behaviour *b, const tars_use *use, bool level) {
  tars_output_level(b, number_of(b, use), level);
  return 0;
}

/* The level that was written last for an output, the debounced level for an input. */
int tars_call_gpio_read(struct tars_behaviour *b, const tars_use *use, bool *result) {
  if (use->kind == TARS_KIND_GPIO_OUT) {
    *result = tars_handle_of(b, use)->out.level;
    return 0;
  }
  tars_os_lock();
  *result = tars_input_level(b, number_of(b, use));
  tars_os_unlock();
  return 0;
}
