/* What operators ask and set of parameters (tars.h). */
#include <string.h> /* memcpy between a float and its bits */

#include "core.h"
#include "due.h"
#include "enter.h"
#include "event.h"
#include "param.h"
#include "param_range.h"
#include "retain.h"
#include "tars_errors.h"
#include "tars_os.h"

/* Makes a variable's bits of a value: -invalid if its type is not the parameter's, -range if it is outside of the
 * declared range. An integer is accepted for a float. */
static int bits_of(const tars_use_param *param, tars_value value, uint64_t *bits) {
  if (param->type == TARS_PARAM_F32 && value.type == TARS_VALUE_INT)
    value = (tars_value){ .type = TARS_VALUE_FLOAT, .f = (float)value.i };
  if ((param->type == TARS_PARAM_F32) != (value.type == TARS_VALUE_FLOAT)) return -TARS_E_INVALID;
  if (!tars_param_holds(param, value)) return -TARS_E_RANGE;
  if (param->type == TARS_PARAM_F32) {
    uint32_t word;
    memcpy(&word, &value.f, sizeof word);
    *bits = word;
  } else {
    *bits = param->type == TARS_PARAM_I64 ? (uint64_t)value.i : (uint32_t)value.i;
  }
  return 0;
}

/* Finds a parameter; NULL if there is none. */
static tars_behaviour *find(const tars_app *app, tars_text behaviour, tars_text name, uint8_t *handle) {
  tars_behaviour *b = tars_app_named(app, behaviour);
  for (uint8_t h = 0; b != NULL && h < b->manifest.uses_count; h++) {
    if (b->manifest.uses[h].kind != TARS_KIND_PARAM || !tars_text_equal(b->manifest.uses[h].param.name, name)) continue;
    *handle = h;
    return b;
  }
  return NULL;
}

int tars_param_get(tars_text behaviour, tars_text name, tars_value *value) {
  uint8_t h = 0;
  tars_os_lock();
  tars_behaviour *b = find(&tars_core.app, behaviour, name, &h);
  if (b != NULL) *value = tars_param_value(&b->manifest.uses[h].param, b->handles[h].param.bits);
  tars_os_unlock();
  return b != NULL ? 0 : -TARS_E_UNKNOWN;
}

/* Sets a parameter that was found. Its guest sees it before its next reaction. Returns 1 if a checkpoint with it waits
 * for the store. */
static int set(tars_behaviour *b, uint8_t h, tars_value value) {
  int err = bits_of(&b->manifest.uses[h].param, value, &b->handles[h].param.bits);
  if (err) return err;
  int64_t now = tars_os_now_us();
  b->handles[h].param.changed = b->handles[h].param.own = true;
  tars_due_enter(now);
  tars_param_changed(b, h, now);
  return tars_retain_set(b, b->manifest.uses[h].param.slot, b->handles[h].param.bits);
}

/* What an operator sets during a trial holds however the trial ends, so the version that would come back gets it too.
 */
static int set_both(tars_text behaviour, tars_text name, tars_value value) {
  uint8_t h = 0;
  tars_behaviour *b = find(&tars_core.app, behaviour, name, &h);
  if (b == NULL) return -TARS_E_UNKNOWN;
  int result = set(b, h, value);
  if (result < 0 || b->side != SIDE_NEW) return result;
  b = find(&tars_core.old, behaviour, name, &h);
  return b != NULL && set(b, h, value) > 0;
}

int tars_param_set(tars_text behaviour, tars_text name, tars_value value) {
  tars_os_lock();
  int result = set_both(behaviour, name, value);
  tars_os_unlock();
  return result;
}

int tars_param_at(int index, tars_param_info *info) {
  int err = -TARS_E_UNKNOWN;
  tars_os_lock();
  for (uint8_t i = 0; i < tars_core.app.count && err; i++) {
    const tars_behaviour *b = tars_core.app.behaviours[i];
    for (uint8_t h = 0; h < b->manifest.uses_count && err; h++) {
      const tars_use_param *param = &b->manifest.uses[h].param;
      if (b->manifest.uses[h].kind != TARS_KIND_PARAM || index-- != 0) continue;
      *info = (tars_param_info){ .behaviour = b->manifest.name,
                                 .name = param->name,
                                 .unit = param->unit,
                                 .type = param->type,
                                 .value = tars_param_value(param, b->handles[h].param.bits),
                                 .min = param->min,
                                 .max = param->max };
      char *words = info->words;
      tars_text_keep(&info->behaviour, &words);
      tars_text_keep(&info->name, &words);
      tars_text_keep(&info->unit, &words);
      err = 0;
    }
  }
  tars_os_unlock();
  return err;
}
