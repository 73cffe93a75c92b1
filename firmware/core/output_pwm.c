/* PWM channels, set by pulse or by duty. What was written last is kept by the handle. */
#include "output.h"
#include "tars_hal.h"
#include "tars_kinds.h"

/* Remembers and writes a pulse. */
void tars_output_pulse(tars_behaviour *b, uint8_t handle, int32_t pulse_us) {
  b->handles[handle].pwm.pulse_us = pulse_us;
  tars_pwm_pulse_us(b->handles[handle].resource, (uint32_t)pulse_us);
}

/* Remembers and writes a duty. */
void tars_output_duty(tars_behaviour *b, uint8_t handle, float duty_pct) {
  b->handles[handle].pwm.duty_pct = duty_pct;
  tars_pwm_duty_pct(b->handles[handle].resource, duty_pct);
}

/* At the very start there is nothing to hold: a channel whose safe state is `hold` starts switched off. */
static void pulse_first(tars_behaviour *b, uint8_t h) {
  int32_t safe = b->manifest.uses[h].pwm_pulse.safe;
  b->handles[h].pwm.pulse_us = safe < 0 ? 0 : safe;
}

/* Configures the frequency, then writes the pulse. */
static void pulse_apply(tars_behaviour *b, uint8_t h) {
  tars_pwm_configure(b->handles[h].resource, b->manifest.uses[h].pwm_pulse.frequency);
  tars_output_pulse(b, h, b->handles[h].pwm.pulse_us);
}

/* Writes the declared pulse. */
static void pulse_safe(tars_behaviour *b, uint8_t h) {
  int32_t safe = b->manifest.uses[h].pwm_pulse.safe;
  if (safe >= 0) tars_output_pulse(b, h, safe);
}

/* Takes the old value over, at most the longest that this version may set: it may have less, or a shorter period.
 * Another frequency is configured first. */
static void pulse_adopt(tars_behaviour *b, uint8_t h, const tars_behaviour *old, uint8_t from) {
  const tars_use_pwm_pulse *mine = &b->manifest.uses[h].pwm_pulse;
  int32_t pulse_us = old->handles[from].pwm.pulse_us, most = (int32_t)mine->max;
  b->handles[h].pwm.pulse_us = pulse_us < most ? pulse_us : most;
  if (pulse_us > most || mine->frequency != old->manifest.uses[from].pwm_pulse.frequency) pulse_apply(b, h);
}

const tars_output_ops tars_output_pwm_pulse = { pulse_first, pulse_apply, pulse_safe, pulse_adopt };

/* At the very start there is nothing to hold: a channel whose safe state is `hold` starts switched off. */
static void duty_first(tars_behaviour *b, uint8_t h) {
  float safe = b->manifest.uses[h].pwm_duty.safe;
  b->handles[h].pwm.duty_pct = safe < 0 ? 0 : safe;
}

/* Configures the frequency, then writes the duty. */
static void duty_apply(tars_behaviour *b, uint8_t h) {
  tars_pwm_configure(b->handles[h].resource, b->manifest.uses[h].pwm_duty.frequency);
  tars_output_duty(b, h, b->handles[h].pwm.duty_pct);
}

/* Writes the declared duty. */
static void duty_safe(tars_behaviour *b, uint8_t h) {
  float safe = b->manifest.uses[h].pwm_duty.safe;
  if (safe >= 0) tars_output_duty(b, h, safe);
}

/* The same for a duty. */
static void duty_adopt(tars_behaviour *b, uint8_t h, const tars_behaviour *old, uint8_t from) {
  const tars_use_pwm_duty *mine = &b->manifest.uses[h].pwm_duty;
  float duty_pct = old->handles[from].pwm.duty_pct;
  b->handles[h].pwm.duty_pct = duty_pct < mine->max ? duty_pct : mine->max;
  if (duty_pct > mine->max || mine->frequency != old->manifest.uses[from].pwm_duty.frequency) duty_apply(b, h);
}

const tars_output_ops tars_output_pwm_duty = { duty_first, duty_apply, duty_safe, duty_adopt };
