/* The rig; see rig.h. What it asks of the supervisor runs in the context of the fake port's supervisor. */
#include "rig.h"

#include <string.h>

char rig_detail[128];
uint32_t rig_gap_us;

static const tars_module_source *wanted;
static int wanted_count, result;

static void stage(void) { result = tars_app_stage(wanted, wanted_count, rig_detail, sizeof rig_detail); }

static void swap(void) {
  if (result == 0) result = tars_app_swap(&rig_gap_us);
}

int rig_stage(const tars_module_source *modules, int count) {
  wanted = modules;
  wanted_count = count;
  fake_supervise(stage);
  return result;
}

int rig_try(const tars_module_source *modules, int count) {
  rig_stage(modules, count);
  fake_supervise(swap);
  return result;
}

void rig_commit(void) { fake_supervise(tars_app_commit); }

void rig_revert(void) { fake_supervise(tars_app_revert); }

int rig_install(const tars_module_source *modules, int count) {
  if (rig_try(modules, count) == 0) rig_commit();
  return result;
}

int rig_install_one(make *m) {
  tars_module_source source = make_end(m);
  return rig_install(&source, 1);
}

tars_behaviour_stats rig_stats(const char *name) {
  tars_behaviour_stats stats = { 0 };
  CHECK_EQUAL(tars_behaviour_stats_get(fake_text(name), &stats), 0);
  return stats;
}

uint8_t rig_status(const char *name) {
  tars_behaviour_info info;
  for (int i = 0; tars_behaviour_at(i, &info) == 0; i++)
    if (info.name.size == strlen(name) && memcmp(info.name.text, name, info.name.size) == 0) return info.status;
  return UINT8_MAX;
}

int64_t rig_param(const char *behaviour, const char *name) {
  tars_value value;
  return tars_param_get(fake_text(behaviour), fake_text(name), &value) == 0 ? value.i : INT64_MIN;
}

int rig_param_set(const char *behaviour, const char *name, int64_t value) {
  int err = tars_param_set(fake_text(behaviour), fake_text(name), (tars_value){ .type = TARS_VALUE_INT, .i = value });
  if (err > 0) err = tars_param_keep();
  fake_settle();
  return err;
}

int rig_publish(const char *topic, int64_t field) {
  tars_value value = { .type = TARS_VALUE_INT, .i = field };
  int err = tars_topic_publish(fake_text(topic), &value, 1);
  fake_settle();
  return err;
}

int rig_log_at(int index, tars_log_line *line) {
  int err = 0;
  for (int i = 0; !err && index >= 0; i++) {
    err = tars_log_at(i, line);
    index -= !line->is_status;
  }
  return err;
}

void rig_toggler(make *m, const char *name, const char *pin, int64_t period_us) {
  make_begin(m, name);
  make_call(m, TARS_CALL_GPIO_TOGGLE);
  make_gpio_out(m, pin, 0, 0);
  make_every(m, period_us, 0);
  MAKE_BODY(m, LOCAL_GET(0), EQZ, BR_IF(0), I32(0), CALL(0));
}

void rig_counter(make *m, const char *name, const char *topic, int64_t period_us) {
  make_begin(m, name);
  make_call(m, TARS_CALL_MSG_PUT_I32);
  make_call(m, TARS_CALL_MSG_SEND);
  make_global(m, 0, 0x1234, true);
  make_publish(m, topic, 0, "n:i32");
  make_param_i32(m, "n", 0, -1000000, 1000000);
  make_every(m, period_us, 0);
  MAKE_BODY(m, LOCAL_GET(0), EQZ, BR_IF(0), GLOBAL_GET(0), I32(1), ADD, GLOBAL_SET(0), GLOBAL_GET(0), CALL(0), I32(0),
            CALL(1));
}
