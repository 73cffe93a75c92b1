/* Host calls on PWM channels. The dispatch has refused a NaN before. */
#include "output.h"
#include "tars_calls.h"

/* Sets the pulse, limited to the declared range. */
int tars_call_pwm_set_us(struct tars_behaviour *b, const tars_use *use, int32_t pulse) {
  int64_t low = use->pwm_pulse.min, high = use->pwm_pulse.max;
  int64_t limited = pulse < low ? low : pulse > high ? high : pulse;
  tars_output_pulse(b, (uint8_t)(use - b->manifest.uses), (int32_t)limited);
  return 0;
}

/* Sets the duty cycle, limited to the range from 0 to the declared maximum. */
int tars_call_pwm_set_duty(struct tars_behaviour *b, const tars_use *use, float duty) {
  float limited = duty < 0 ? 0 : duty > use->pwm_duty.max ? use->pwm_duty.max : duty;
  tars_output_duty(b, (uint8_t)(use - b->manifest.uses), limited);
  return 0;
}
