/* What is due of each behaviour, and when: a binary heap whose nodes never leave it. */
#include "due.h"

#include "core.h"
#include "tars_os.h"

/* True if item `a` comes before item `b`. */
static bool before(const tars_due *due, uint8_t a, uint8_t b) {
  return due->time_us[a] != due->time_us[b] ? due->time_us[a] < due->time_us[b] : a < b;
}

static void put(tars_due *due, uint8_t node, uint8_t item) {
  due->heap[node] = item;
  due->node[item] = node;
}

/* Moves an item up from a free node until its parent comes before it; returns the node that it can have. */
static uint8_t rise(tars_due *due, uint8_t node, uint8_t item) {
  while (node > 0) {
    uint8_t parent = (uint8_t)((node - 1) / 2);
    if (before(due, due->heap[parent], item)) break;
    put(due, node, due->heap[parent]);
    node = parent;
  }
  return node;
}

/* Moves an item down from a free node until it comes before its children; returns the node that it can have. */
static uint8_t sink(tars_due *due, uint8_t node, uint8_t item, uint8_t count) {
  for (;;) {
    uint16_t child = (uint16_t)(2 * node + 1);
    if (child >= count) return node;
    if (child + 1 < count && before(due, due->heap[child + 1], due->heap[child])) child++;
    if (before(due, item, due->heap[child])) return node;
    put(due, node, due->heap[child]);
    node = (uint8_t)child;
  }
}

/* Of equal times the lower number comes first, so the order of the numbers is a heap. */
void tars_due_clear(tars_behaviour *b) {
  for (uint8_t item = 0; item < tars_due_count(&b->manifest); item++) {
    b->due.time_us[item] = NEVER;
    put(&b->due, item, item);
  }
}

void tars_due_set(tars_behaviour *b, uint8_t item, int64_t time_us) {
  b->due.time_us[item] = time_us;
  uint8_t node = rise(&b->due, b->due.node[item], item);
  put(&b->due, sink(&b->due, node, item, tars_due_count(&b->manifest)), item);
}

int64_t tars_due_time(const tars_behaviour *b, uint8_t item) { return b->due.time_us[item]; }

uint8_t tars_due_first(const tars_behaviour *b) { return b->due.heap[0]; }

bool tars_due_fits(const tars_behaviour *b, uint8_t item) {
  if (item < tars_due_periods(b)) return b->queue.count + 2 <= TARS_LIMIT_QUEUE;
  return item < tars_due_timers(b) || b->queue.count < TARS_LIMIT_QUEUE;
}

int64_t tars_due_earliest(const tars_behaviour *b) {
  if (tars_due_count(&b->manifest) == 0 || !tars_due_fits(b, b->due.heap[0])) return NEVER;
  return b->due.time_us[b->due.heap[0]];
}

/* Rows that are no periods are never due. */
uint32_t tars_due_skip(tars_behaviour *b, int64_t until_us) {
  uint32_t skipped = 0;
  for (uint8_t row = 0; row < b->manifest.sources_count; row++) {
    uint8_t item = (uint8_t)(tars_due_periods(b) + row);
    int64_t due_us = b->due.time_us[item];
    if (due_us > until_us) continue;
    int64_t period_us = b->manifest.sources[row].every.period, count = (until_us - due_us) / period_us + 1;
    tars_due_set(b, item, due_us + count * period_us);
    skipped += (uint32_t)count;
  }
  return skipped;
}

/* Nothing is due of a behaviour that is closed. */
int64_t tars_due_next(void) {
  int64_t next = NEVER;
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    const tars_behaviour *b = tars_core.app.behaviours[i];
    int64_t due = tars_due_earliest(b);
    if (b->throttled && tars_core.window_us < due) due = tars_core.window_us;
    if (due < next) next = due;
  }
  return next;
}

/* A new generation marks an expiry of this timer that waits in the queue as stale. */
void tars_due_timer(tars_behaviour *b, uint8_t timer, int64_t due_us) {
  b->generations[timer]++;
  tars_due_set(b, (uint8_t)(tars_due_timers(b) + timer), due_us);
  tars_os_worker_notify();
}
