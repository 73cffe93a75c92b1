/* Mounting, and the records of the store. */
#include "tars_store.h"

#include "store_log.h"
#include "tars_errors.h" /* codes of the contract */

#include <stdio.h> /* snprintf */
#include <string.h>

_Static_assert(sizeof "retain." + TARS_LIMIT_NAME <= TARS_LOG_NAME, "names of records have room");

static const char *const slot_names[] = { [TARS_STORE_APP] = "app", [TARS_STORE_NEXT] = "next" };

int tars_store_mount(bool *fresh, tars_store_wanted wanted) {
  int err = tars_log_open(fresh, wanted);
  return err ? err : tars_store_modules_mount();
}

int tars_store_record_read(const char *name, void *bytes, uint32_t capacity) {
  return tars_log_read(name, bytes, capacity);
}

int tars_store_record_write(const char *name, const void *bytes, uint32_t size) {
  return tars_log_write(name, bytes, size);
}

int tars_store_erase(void) { return tars_log_erase(); }

int tars_store_app_read(tars_store_slot slot, tars_app_record *app) {
  int size = tars_log_read(slot_names[slot], app, sizeof *app);
  if (size >= 0 && (size != sizeof *app || app->count > TARS_LIMIT_MODULES)) size = -TARS_E_CORRUPT;
  if (size < 0) memset(app, 0, sizeof *app);
  return size < 0 ? size : 0;
}

int tars_store_app_write(tars_store_slot slot, const tars_app_record *app) {
  int err = tars_store_modules_save();
  return err ? err : tars_log_write(slot_names[slot], app, sizeof *app);
}

int tars_store_next_remove(void) {
  tars_app_record next;
  int err = tars_store_app_read(TARS_STORE_NEXT, &next);
  return err == -TARS_E_UNKNOWN ? 0 : tars_log_write(slot_names[TARS_STORE_NEXT], NULL, 0);
}

int tars_store_rescue(void) { return tars_log_rescue(); }

/* A mark that can't be read counts as one. */
bool tars_store_is_rescued(void) {
  uint8_t mark;
  return tars_log_read(TARS_LOG_MARK, &mark, sizeof mark) != -TARS_E_UNKNOWN;
}

int tars_store_believe(void) { return tars_log_write(TARS_LOG_MARK, NULL, 0); }

/* Makes the name of a checkpoint's record; false for a behaviour's name that no text can be, because a module chooses
 * it. */
static bool retain_name(tars_text behaviour, char name[TARS_LOG_NAME]) {
  if (behaviour.size > TARS_LIMIT_NAME || memchr(behaviour.text, '\0', behaviour.size)) return false;
  snprintf(name, TARS_LOG_NAME, "retain.%.*s", behaviour.size, behaviour.text);
  return true;
}

int tars_store_retain_save(tars_text behaviour, const uint8_t *record, uint32_t size) {
  char name[TARS_LOG_NAME];
  return retain_name(behaviour, name) ? tars_log_write(name, record, size) : -TARS_E_INVALID;
}

int tars_store_retain_load(tars_text behaviour, uint8_t *record, uint32_t capacity) {
  char name[TARS_LOG_NAME];
  int size = retain_name(behaviour, name) ? tars_log_read(name, record, capacity) : -TARS_E_INVALID;
  return size == -TARS_E_UNKNOWN ? 0 : size;
}
