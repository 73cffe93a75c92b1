/* Host calls on time. */
#include "behaviour.h"
#include "due.h"
#include "tars_calls.h"
#include "tars_os.h"

/* Arms a timer, or disarms it with NEVER. It takes the lock because edges that come in meanwhile change the due time
 * of the same behaviour. */
static int timer_set(struct tars_behaviour *b, uint8_t timer, int64_t due_us) {
  tars_os_lock();
  tars_due_timer(b, timer, due_us);
  tars_os_unlock();
  return 0;
}

/* The delay counts from the event's logical time. */
int tars_call_timer_after(struct tars_behaviour *b, uint8_t timer, int64_t delay) {
  return timer_set(b, timer, tars_time_after(b->event.time_us, delay < 0 ? 0 : delay));
}

int tars_call_timer_cancel(struct tars_behaviour *b, uint8_t timer) { return timer_set(b, timer, NEVER); }

/* Returns the event's logical time, which stays the same during a reaction. */
int tars_call_timer_now(struct tars_behaviour *b, int64_t *result) {
  *result = b->event.time_us;
  return 0;
}
