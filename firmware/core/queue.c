#include "queue.h"

#include <stddef.h> /* NULL */

/* Index in the ring of the `index`-th event, counted from the oldest. */
static uint8_t place(const tars_queue *queue, uint8_t index) {
  return (uint8_t)((queue->head + index) % TARS_LIMIT_QUEUE);
}

void tars_queue_clear(tars_queue *queue) { queue->head = queue->count = 0; }

bool tars_queue_push(tars_queue *queue, const tars_event *event) {
  if (queue->count == TARS_LIMIT_QUEUE) return false;
  queue->events[place(queue, queue->count)] = *event;
  queue->count++;
  return true;
}

tars_event *tars_queue_at(tars_queue *queue, uint8_t index) {
  return index < queue->count ? &queue->events[place(queue, index)] : NULL;
}

void tars_queue_pop(tars_queue *queue) {
  if (queue->count == 0) return;
  queue->head = place(queue, 1);
  queue->count--;
}

tars_event *tars_queue_find(tars_queue *queue, int16_t source) {
  uint8_t i = 0;
  while (i < queue->count && queue->events[place(queue, i)].source != source) i++;
  return tars_queue_at(queue, i);
}

uint8_t tars_queue_waiting(const tars_queue *queue, int16_t source) {
  uint8_t waiting = 0;
  for (uint8_t i = 0; i < queue->count; i++) waiting += queue->events[place(queue, i)].source == source;
  return waiting;
}
