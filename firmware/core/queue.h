/* Events that wait for one behaviour: a ring in the order in which they entered. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "tars_limits.h" /* TARS_LIMIT_QUEUE, TARS_LIMIT_FIELDS */

/* One event. */
typedef struct {
  int64_t time_us;     /* logical time of its reaction */
  uint32_t order;      /* position among all events of the board; decides between behaviours of one priority */
  int16_t source;      /* 0 lifecycle, 1...n rows of `sources`, -1-id a timer */
  uint16_t generation; /* of a timer: its generation when it was armed */
  int32_t argument;
  uint8_t count; /* fields of a message */
  uint32_t fields[TARS_LIMIT_FIELDS];
} tars_event;

typedef struct {
  uint8_t head, count;
  tars_event events[TARS_LIMIT_QUEUE];
} tars_queue;

/* Forgets all events. */
void tars_queue_clear(tars_queue *queue);
/* Adds an event at the end; false if the queue is full. */
bool tars_queue_push(tars_queue *queue, const tars_event *event);
/* The `index`-th event, 0 the oldest; NULL past the end. */
tars_event *tars_queue_at(tars_queue *queue, uint8_t index);
/* Drops the oldest event. */
void tars_queue_pop(tars_queue *queue);
/* The oldest event of one source; NULL if none waits. */
tars_event *tars_queue_find(tars_queue *queue, int16_t source);
/* Number of events of one source that wait. */
uint8_t tars_queue_waiting(const tars_queue *queue, int16_t source);

#endif
