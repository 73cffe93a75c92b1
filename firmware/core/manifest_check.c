/* Rules of a manifest beyond its encoding that can be checked without the board. */
#include "tars_manifest.h"

#include "tars_errors.h" /* TARS_E_MANIFEST */

enum {
  ACTIVE_MAX = 1,
  SAFE_LEVEL_MAX = 2,
  PULL_MAX = 2,
  SPI_MODE_MAX = 3,
  EDGES_MIN = 1,
  EDGES_MAX = 3,
  ADDRESS_MAX = 0x77,
  HOLD = -1
};

/* Ids of calls ascend. */
static bool calls_ascend(const tars_manifest *m) {
  for (uint32_t i = 1; i < m->calls_count; i++) {
    if (m->calls[i - 1] >= m->calls[i]) return false;
  }
  return true;
}

/* Hashes of the state table are distinct: a swap could not tell equal ones apart. */
static bool hashes_differ(const tars_manifest *m) {
  for (uint32_t i = 0; i < tars_state_count(m); i++) {
    for (uint32_t j = 0; j < i; j++) {
      if (tars_state_hash(m, i) == tars_state_hash(m, j)) return false;
    }
  }
  return true;
}

/* A number of a parameter that is the integer `low` to `high`. */
static bool integer_within(tars_value value, int64_t low, int64_t high) {
  return value.type == TARS_VALUE_INT && value.i >= low && value.i <= high;
}

/* A parameter's slot exists, and its range is of its type and not empty (NaN compares false). */
static bool param_fits(const tars_manifest *m, const tars_use_param *param) {
  static const struct {
    int64_t low, high;
  } ranges[] = {
    [TARS_PARAM_BOOL] = { 0, 1 },
    [TARS_PARAM_I32] = { INT32_MIN, INT32_MAX },
    [TARS_PARAM_U32] = { 0, UINT32_MAX },
    [TARS_PARAM_I64] = { INT64_MIN, INT64_MAX },
  };
  if (param->slot >= tars_state_count(m) || param->name.size == 0) return false;
  if (param->type == TARS_PARAM_F32) {
    return param->min.type == TARS_VALUE_FLOAT && param->max.type == TARS_VALUE_FLOAT && param->min.f <= param->max.f;
  }
  if (param->type > TARS_PARAM_F32) return false;
  int64_t low = ranges[param->type].low, high = ranges[param->type].high;
  return integer_within(param->min, low, high) && integer_within(param->max, low, high) && param->min.i <= param->max.i;
}

/* A duty channel's maximum is a percentage and its safe value holds or is inside. */
static bool duty_fits(const tars_use_pwm_duty *duty) {
  return duty->max > 0 && duty->max <= 100 && (duty->safe == HOLD || (duty->safe >= 0 && duty->safe <= duty->max)) &&
         duty->frequency > 0;
}

/* A pulse channel's range is not empty and its safe value holds or is inside. */
static bool pulse_fits(const tars_use_pwm_pulse *pulse) {
  return pulse->min <= pulse->max &&
         (pulse->safe == HOLD ||
          (pulse->safe >= 0 && (uint32_t)pulse->safe >= pulse->min && (uint32_t)pulse->safe <= pulse->max)) &&
         pulse->frequency > 0;
}

/* The fields of a handle are inside their ranges. */
static bool use_fits(const tars_manifest *m, const tars_use *use) {
  const tars_text *resource = tars_use_resource(use);
  if (resource && resource->size == 0) return false;
  switch (use->kind) {
  case TARS_KIND_GPIO_OUT: return use->gpio_out.safe <= SAFE_LEVEL_MAX && use->gpio_out.active <= ACTIVE_MAX;
  case TARS_KIND_GPIO_IN: return use->gpio_in.pull <= PULL_MAX && use->gpio_in.active <= ACTIVE_MAX;
  case TARS_KIND_PWM_PULSE: return pulse_fits(&use->pwm_pulse);
  case TARS_KIND_PWM_DUTY: return duty_fits(&use->pwm_duty);
  case TARS_KIND_I2C: return use->i2c.address <= ADDRESS_MAX && use->i2c.speed > 0;
  case TARS_KIND_SPI: return use->spi.mode <= SPI_MODE_MAX && use->spi.speed > 0 && use->spi.select.size > 0;
  case TARS_KIND_UART: return use->uart.baud > 0;
  case TARS_KIND_TIMER: return use->timer.timer < m->timers;
  case TARS_KIND_PUBLISH: return use->publish.topic.size > 0;
  case TARS_KIND_SUBSCRIBE: return use->subscribe.topic.size > 0 && use->subscribe.depth <= TARS_LIMIT_QUEUE;
  case TARS_KIND_PARAM: return param_fits(m, &use->param);
  default: return true;
  }
}

/* Handle `handle` exists and is of the given kind. */
static bool handle_is(const tars_manifest *m, uint8_t handle, uint8_t kind) {
  return handle < m->uses_count && m->uses[handle].kind == kind;
}

/* The fields of a source are inside their ranges and its handle is of the right kind. */
static bool source_fits(const tars_manifest *m, const tars_source *source) {
  switch (source->kind) {
  case TARS_SOURCE_EVERY: return source->every.period > 0 && source->every.catchup <= TARS_LIMIT_QUEUE;
  case TARS_SOURCE_EDGE:
    return handle_is(m, source->edge.handle, TARS_KIND_GPIO_IN) && source->edge.edges >= EDGES_MIN &&
           source->edge.edges <= EDGES_MAX;
  case TARS_SOURCE_MESSAGE: return handle_is(m, source->message.handle, TARS_KIND_SUBSCRIBE);
  case TARS_SOURCE_PARAM: return handle_is(m, source->param.handle, TARS_KIND_PARAM);
  default: return handle_is(m, source->uart.handle, TARS_KIND_UART);
  }
}

/* Stack and memory, then two numbers for source 0, each source and each timer. */
static bool bounds_complete(const tars_manifest *m) {
  return m->bounds_count == 2u + 2u * (1u + m->sources_count + m->timers);
}

int tars_manifest_check(const tars_manifest *m) {
  bool ok = m->name.size > 0 && m->timers <= TARS_LIMIT_TIMERS && m->memory <= 1 && m->finish <= 1 &&
            m->state_count % 2 == 0 && m->restart_count == 2 && calls_ascend(m) && hashes_differ(m) &&
            bounds_complete(m);
  for (uint32_t i = 0; ok && i < m->uses_count; i++) ok = use_fits(m, &m->uses[i]);
  for (uint32_t i = 0; ok && i < m->sources_count; i++) ok = source_fits(m, &m->sources[i]);
  return ok ? 0 : -TARS_E_MANIFEST;
}

bool tars_manifest_calls(const tars_manifest *m, uint16_t id) {
  uint32_t low = 0, high = m->calls_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (m->calls[middle] == id) return true;
    if (m->calls[middle] < id)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}
