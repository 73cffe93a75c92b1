/* Host call on analogue inputs. */
#include "behaviour.h"
#include "tars_calls.h"
#include "tars_hal.h"

int tars_call_adc_read_mv(struct tars_behaviour *b, const tars_use *use, uint16_t *result) {
  int millivolts = tars_adc_read_mv(tars_handle_of(b, use)->resource);
  if (millivolts < 0) return millivolts;
  *result = millivolts > UINT16_MAX ? UINT16_MAX : (uint16_t)millivolts;
  return 0;
}
