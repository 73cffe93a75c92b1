/* The ring of events. */
#include "queue.h"

#include <stddef.h>

#include "check.h"

/* Events leave in the order in which they came, whatever the head's place. */
static void order_is_kept(void) {
  static tars_queue queue;
  int next_in = 0, next_out = 0;
  for (int round = 0; round < 100; round++) {
    for (int i = 0; i < round % TARS_LIMIT_QUEUE; i++) {
      tars_event event = { .argument = next_in, .source = (int16_t)(next_in % 3) };
      if (tars_queue_push(&queue, &event)) next_in++;
    }
    CHECK_EQUAL(tars_queue_waiting(&queue, 0) + tars_queue_waiting(&queue, 1) + tars_queue_waiting(&queue, 2),
                queue.count);
    for (int i = 0; i < round % 11 && queue.count > 0; i++) {
      CHECK_EQUAL(tars_queue_at(&queue, 0)->argument, next_out++);
      tars_queue_pop(&queue);
    }
  }
  CHECK(next_in > 300);
}

/* A queue takes as many events as the contract says. */
static void it_has_its_limit(void) {
  static tars_queue queue;
  tars_event event = { .source = 1 };
  for (int i = 0; i < TARS_LIMIT_QUEUE; i++) CHECK(tars_queue_push(&queue, &event));
  CHECK(!tars_queue_push(&queue, &event));
  CHECK(tars_queue_at(&queue, TARS_LIMIT_QUEUE - 1) != NULL);
  CHECK(tars_queue_at(&queue, TARS_LIMIT_QUEUE) == NULL);
  CHECK_EQUAL(tars_queue_waiting(&queue, 1), TARS_LIMIT_QUEUE);
  tars_queue_clear(&queue);
  CHECK(tars_queue_at(&queue, 0) == NULL);
  tars_queue_pop(&queue);
  CHECK_EQUAL(queue.count, 0);
}

int main(void) {
  order_is_kept();
  it_has_its_limit();
  return check_report("queue");
}
