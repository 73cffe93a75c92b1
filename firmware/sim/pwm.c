/* PWM channels: pulse width and duty cycle of the last setting. */
#include "tars_sim.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* the interface implemented here */

static tars_sim_pwm channels[TARS_SIM_RESOURCES];

/* True for a resource that is a PWM channel. */
static bool is_channel(uint16_t resource) {
  return resource < tars_board_resource_count && tars_board_resources[resource].type == TARS_RESOURCE_PWM;
}

/* Stores a setting; a change is counted and shown to the bench. */
static void channel_set(uint16_t resource, uint32_t frequency_hz, uint32_t pulse_us, float duty_pct) {
  tars_sim_lock();
  tars_sim_pwm *channel = &channels[resource];
  bool changed = channel->pulse_us != pulse_us || channel->duty_pct != duty_pct;
  channel->frequency_hz = frequency_hz;
  channel->pulse_us = pulse_us;
  channel->duty_pct = duty_pct;
  if (changed) channel->writes++;
  tars_sim_unlock();
  if (changed) tars_watch_pwm(resource, pulse_us, duty_pct);
}

/* Frequency of a channel, 0 if it isn't configured. */
static uint32_t frequency_of(uint16_t resource) {
  tars_sim_lock();
  uint32_t frequency_hz = channels[resource].frequency_hz;
  tars_sim_unlock();
  return frequency_hz;
}

/* Starts a channel; what it gives out is set by the next call. */
int tars_pwm_configure(uint16_t resource, uint32_t frequency_hz) {
  if (!is_channel(resource)) return -TARS_E_UNKNOWN;
  if (frequency_hz == 0 || frequency_hz > 1000000) return -TARS_E_RANGE;
  tars_sim_lock();
  channels[resource].frequency_hz = frequency_hz;
  tars_sim_unlock();
  return 0;
}

/* Sets the pulse width. */
void tars_pwm_pulse_us(uint16_t resource, uint32_t pulse_us) {
  uint32_t frequency_hz = is_channel(resource) ? frequency_of(resource) : 0;
  if (frequency_hz > 0) channel_set(resource, frequency_hz, pulse_us, (float)((double)pulse_us * frequency_hz / 1e4));
}

/* Sets the duty cycle. */
void tars_pwm_duty_pct(uint16_t resource, float duty_pct) {
  uint32_t frequency_hz = is_channel(resource) ? frequency_of(resource) : 0;
  if (frequency_hz > 0)
    channel_set(resource, frequency_hz, (uint32_t)((double)duty_pct * 1e4 / frequency_hz + 0.5), duty_pct);
}

/* Stops a channel. */
void tars_pwm_release(uint16_t resource) {
  if (is_channel(resource)) channel_set(resource, 0, 0, 0);
}

/* Bench: what a channel gives out. */
int tars_sim_pwm_get(tars_text pin, tars_sim_pwm *state) {
  int resource = tars_sim_find(pin, TARS_RESOURCE_PWM);
  if (resource < 0) return resource;
  tars_sim_lock();
  *state = channels[resource];
  tars_sim_unlock();
  return 0;
}
