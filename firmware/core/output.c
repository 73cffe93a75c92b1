/* Digital outputs and PWM channels. What was written last is kept per handle: `gpio.read` of an output, toggling,
 * taking over and restoring need no port that can read its outputs back. */
#include "output.h"

#include "tars_hal.h"

#define SAFE_HOLD 2

/* True for the kinds that drive something. */
static bool is_output(const tars_use *use) {
  return use->kind == TARS_KIND_GPIO_OUT || use->kind == TARS_KIND_PWM_PULSE || use->kind == TARS_KIND_PWM_DUTY;
}

/* Electrical level of a logical one. */
static bool electrical(const tars_use *use, bool level) { return level != (use->gpio_out.active == 1); }

void tars_output_level(tars_behaviour *b, uint8_t handle, bool level) {
  b->handles[handle].out.level = level;
  tars_gpio_write(b->handles[handle].resource, electrical(&b->manifest.uses[handle], level));
}

void tars_output_pulse(tars_behaviour *b, uint8_t handle, int32_t pulse_us) {
  b->handles[handle].pwm.pulse_us = pulse_us;
  tars_pwm_pulse_us(b->handles[handle].resource, (uint32_t)pulse_us);
}

void tars_output_duty(tars_behaviour *b, uint8_t handle, float duty_pct) {
  b->handles[handle].pwm.duty_pct = duty_pct;
  tars_pwm_duty_pct(b->handles[handle].resource, duty_pct);
}

/* Configures one output and sets the level that its handle holds. */
static void output_apply(tars_behaviour *b, uint8_t h) {
  const tars_use *use = &b->manifest.uses[h];
  tars_handle *handle = &b->handles[h];
  if (use->kind == TARS_KIND_GPIO_OUT) {
    tars_gpio_output(handle->resource, electrical(use, handle->out.level));
  } else if (use->kind == TARS_KIND_PWM_PULSE) {
    tars_pwm_configure(handle->resource, use->pwm_pulse.frequency);
    tars_output_pulse(b, h, handle->pwm.pulse_us);
  } else if (use->kind == TARS_KIND_PWM_DUTY) {
    tars_pwm_configure(handle->resource, use->pwm_duty.frequency);
    tars_output_duty(b, h, handle->pwm.duty_pct);
  }
}

/* Gives an output its first level: the safe one, or low or off if its safe state is to hold. */
static void output_initial(tars_behaviour *b, uint8_t h) {
  const tars_use *use = &b->manifest.uses[h];
  tars_handle *handle = &b->handles[h];
  if (use->kind == TARS_KIND_GPIO_OUT) handle->out.level = use->gpio_out.safe == 1;
  if (use->kind == TARS_KIND_PWM_PULSE) handle->pwm.pulse_us = use->pwm_pulse.safe < 0 ? 0 : use->pwm_pulse.safe;
  if (use->kind == TARS_KIND_PWM_DUTY) handle->pwm.duty_pct = use->pwm_duty.safe < 0 ? 0 : use->pwm_duty.safe;
  output_apply(b, h);
}

void tars_output_begin(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) output_initial(b, h);
}

/* Puts one output into its safe state. */
static void output_safe(tars_behaviour *b, uint8_t h) {
  const tars_use *use = &b->manifest.uses[h];
  if (use->kind == TARS_KIND_GPIO_OUT && use->gpio_out.safe != SAFE_HOLD)
    tars_output_level(b, h, use->gpio_out.safe == 1);
  if (use->kind == TARS_KIND_PWM_PULSE && use->pwm_pulse.safe >= 0) tars_output_pulse(b, h, use->pwm_pulse.safe);
  if (use->kind == TARS_KIND_PWM_DUTY && use->pwm_duty.safe >= 0) tars_output_duty(b, h, use->pwm_duty.safe);
}

void tars_output_safe(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) output_safe(b, h);
}

/* Puts one output into its safe state, while its handle still remembers the level for a revert. */
static void output_rest(tars_behaviour *b, uint8_t h) {
  tars_handle kept = b->handles[h];
  output_safe(b, h);
  b->handles[h] = kept;
}

void tars_output_restore(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) output_apply(b, h);
}

/* Handle of the same kind on the same resource, -1 if there is none. */
static int same_output(const tars_behaviour *b, const tars_behaviour *of, uint8_t h) {
  for (uint8_t i = 0; i < b->manifest.uses_count; i++)
    if (b->manifest.uses[i].kind == of->manifest.uses[h].kind && b->handles[i].resource == of->handles[h].resource)
      return i;
  return -1;
}

void tars_output_rest(tars_behaviour *b, const tars_behaviour *next) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (is_output(&b->manifest.uses[h]) && (next == NULL || same_output(next, b, h) < 0)) output_rest(b, h);
}

/* PWM frequency of a row; 0 for digital outputs. */
static uint32_t frequency_of(const tars_use *use) {
  if (use->kind == TARS_KIND_PWM_PULSE) return use->pwm_pulse.frequency;
  return use->kind == TARS_KIND_PWM_DUTY ? use->pwm_duty.frequency : 0;
}

/* Takes one output over without a change of its level; a new frequency must be configured. */
static void output_adopt(tars_behaviour *b, uint8_t h, const tars_behaviour *old, uint8_t from) {
  const tars_use *use = &b->manifest.uses[h], *before = &old->manifest.uses[from];
  tars_handle *handle = &b->handles[h];
  if (use->kind == TARS_KIND_GPIO_OUT)
    handle->out.level = electrical(before, old->handles[from].out.level) != (use->gpio_out.active == 1);
  else
    handle->pwm = old->handles[from].pwm;
  if (frequency_of(use) != frequency_of(before)) output_apply(b, h);
}

void tars_output_adopt(tars_behaviour *b, const tars_behaviour *old) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    if (!is_output(&b->manifest.uses[h])) continue;
    int from = same_output(old, b, h);
    if (from < 0)
      output_initial(b, h);
    else
      output_adopt(b, h, old, (uint8_t)from);
  }
}
