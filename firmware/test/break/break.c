/* The board's image with a way to break it, for tests only: a message on the topic `break` does what its number says.
 * In this image those who call the real functions are compiled to call these; nothing of this is in the image that
 * ships. */
#include "tars.h"
#include "tars_install.h"
#include "tars_os.h"

#include <stdlib.h>
#include <string.h>

enum { LINK_STANDS = 1, SUPERVISOR_STANDS, FAULT, BUS, HEAP, ABORT };

int break_topic_publish(tars_text topic, const tars_value *fields, int count);
int64_t break_install_poll(int64_t now_us);

static volatile bool supervisor_stands;
static void *volatile piece;

/* Spins for ever, with interrupts on. */
static void stand(void) {
  for (volatile int turns = 0;; turns++) {
  }
}

/* Breaks what the link's task runs or holds. */
static void break_by(int64_t how) {
  if (how == LINK_STANDS) stand();
  if (how == SUPERVISOR_STANDS) {
    supervisor_stands = true;
    tars_os_supervisor_notify();
  }
  if (how == FAULT) __asm volatile("udf #0");
  if (how == BUS) (void)*(volatile uint32_t *)0xf0000000u;
  if (how == HEAP) piece = malloc(1);
  if (how == ABORT) abort();
}

/* Stands in the place of tars_topic_publish(): a message on `break` is carried out, any other one passes. */
int break_topic_publish(tars_text topic, const tars_value *fields, int count) {
  static const char name[] = "break";
  if (topic.size == sizeof name - 1 && memcmp(topic.text, name, topic.size) == 0 && count == 1) break_by(fields[0].i);
  return tars_topic_publish(topic, fields, count);
}

/* Stands in the place of tars_install_poll(): breaks what the supervisor's task runs or holds. */
int64_t break_install_poll(int64_t now_us) {
  if (supervisor_stands) stand();
  return tars_install_poll(now_us);
}
