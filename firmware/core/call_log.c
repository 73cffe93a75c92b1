/* Host call on the log. */
#include "behaviour.h"
#include "log.h"
#include "tars_calls.h"
#include "tars_errors.h"
#include "tars_os.h"

/* Adds a line: the template of the module with this number, and the fields that the reaction has put. */
int tars_call_log_emit(struct tars_behaviour *b, uint8_t template) {
  if (template >= b->manifest.logs_count) return -TARS_E_MESSAGE;
  tars_os_lock();
  tars_log_add(b, b->manifest.logs[template], b->put, b->put_floats, b->put_count, b->event.time_us);
  tars_os_unlock();
  b->put_count = 0;
  b->put_floats = 0;
  return 0;
}
