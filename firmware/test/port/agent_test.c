/* The agent's sessions over the stand-in core: real frames in and out, installs that the supervisor answers later,
 * streams, several sessions at a time. */
#include "agent_host.h"
#include "check.h"
#include "fake_core.h"
#include "nor.h"
#include "tars_board.h"
#include "tars_errors.h"
#include "tars_hal.h"
#include "tars_sha256.h"

#include <string.h>

static uint8_t module[2000], digest[32];

/* Announces the module as an app. */
static int host_begin(host *self) {
  tars_sha256_of(module, sizeof module, digest);
  return host_request(self, TARS_LINK_INSTALL_BEGIN,
                      &(tars_link_install_begin_request){ .class = text(tars_board_class),
                                                          .store = true,
                                                          .digests = { digest, 32 },
                                                          .sizes = { .count = 1, .items = { sizeof module } } });
}

/* ---- tests ---- */

/* Requests that only read get their answers. */
static void test_questions(host *self) {
  CHECK(response.hello.boot == 1 && response.hello.time == 42 && response.hello.device.size == 4);
  CHECK_EQUAL(host_request(self, TARS_LINK_LIST, &(tars_link_list_request){ 0 }), 0);
  CHECK(response.list.size == 77 && response.list.digest.size == 32);
  CHECK_EQUAL(host_request(self, TARS_LINK_LIST, &(tars_link_list_request){ 1 }), -TARS_E_UNKNOWN);
  CHECK_EQUAL(host_request(self, TARS_LINK_STATS, &(tars_link_stats_request){ text("one") }), 0);
  CHECK(response.stats.reactions == 9 && response.stats.queue == 2);
  CHECK_EQUAL(host_request(self, TARS_LINK_START, &(tars_link_start_request){ text("nobody") }), -TARS_E_UNKNOWN);
  CHECK_EQUAL(host_request(self, TARS_LINK_STOP, &(tars_link_stop_request){ text("one") }), 0);
  tars_link_param_set_request set = { text("one"), text("gain"), { .type = TARS_VALUE_INT, .i = 8 } };
  CHECK_EQUAL(host_request(self, TARS_LINK_PARAM_SET, &set), 0);
  set.value.i = 11;
  CHECK_EQUAL(host_request(self, TARS_LINK_PARAM_SET, &set), -TARS_E_RANGE);
  CHECK_EQUAL(host_request(self, TARS_LINK_PARAM_GET, &(tars_link_param_get_request){ text("one"), text("gain") }), 0);
  CHECK_EQUAL(response.param_get.value.i, 8);
  CHECK_EQUAL(host_request(self, TARS_LINK_PARAM_LIST, &(tars_link_param_list_request){ 0 }), 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_TOPIC_LIST, &(tars_link_topic_list_request){ 0 }), 0);
  tars_link_publish_request publish = { text("t"), { .count = 1, .items = { { .type = TARS_VALUE_INT, .i = 7 } } } };
  CHECK_EQUAL(host_request(self, TARS_LINK_PUBLISH, &publish), 0);
  CHECK_EQUAL(host_request(self, TARS_LINK_BOARD, NULL), 0);
  CHECK(response.board.pool == 1000 && response.board.abandoned == 3 && response.board.frames == self->seq);
}

/* An install over frames. Its answers come from the supervisor; a repeated chunk is written once. */
static void test_install(host *self) {
  tars_link_install_data_request data = { .module = 0 };
  uint32_t erases, programs, again;
  for (uint32_t i = 0; i < sizeof module; i++) module[i] = (uint8_t)(i * 7);
  CHECK_EQUAL(host_begin(self), 0);
  CHECK(response.install_begin.missing == 1 && !response.install_begin.same);
  for (data.offset = 0; data.offset < sizeof module; data.offset += 500) {
    data.data = (tars_bytes){ module + data.offset, 500 };
    CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_DATA, &data), 0);
  }
  tars_flash_counters(&erases, &programs);
  data.offset = 1500;
  host_send_frame(self, TARS_LINK_INSTALL_DATA, self->seq, &data);
  hooks->poll(0);
  tars_flash_counters(&erases, &again);
  CHECK(host_take(self) && again == programs);
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_COMMIT, NULL), 0);
  CHECK_EQUAL(response.install_commit.gap, 7);
  CHECK_EQUAL(host_request(self, TARS_LINK_INSTALL_CONFIRM, NULL), 0);
  CHECK(!fake_core.trial && memcmp(fake_core.running.digests[0], digest, 32) == 0);
  CHECK_EQUAL(host_begin(self), 0);
  CHECK(response.install_begin.same);
}

/* While the supervisor works, a repeated request does nothing, and a host that says hello again gets no stale
 * answer. */
static void test_pending(host *self) {
  module[0]++;
  tars_sha256_of(module, sizeof module, digest);
  tars_link_install_begin_request begin = { .class = text(tars_board_class),
                                            .store = true,
                                            .digests = { digest, 32 },
                                            .sizes = { .count = 1, .items = { sizeof module } } };
  host_send_frame(self, TARS_LINK_INSTALL_BEGIN, ++self->seq, &begin);
  host_send_frame(self, TARS_LINK_INSTALL_BEGIN, self->seq, &begin);
  CHECK(!host_take(self));
  host_send_frame(self, TARS_LINK_HELLO, ++self->seq, &(tars_link_hello_request){ 99 });
  CHECK(host_take(self) && self->frame.id == TARS_LINK_HELLO);
  self->event_seq = 0;
  hooks->poll(0);
  tars_agent_poll();
  CHECK(!host_take(self));
}

/* Two sessions: one installs at a time, until the first one is gone. */
static void test_two_sessions(host *self) {
  host other = host_open(2);
  CHECK_EQUAL(host_begin(self), 0);
  CHECK_EQUAL(host_begin(&other), -TARS_E_BUSY);
  tars_session_close(self->session);
  CHECK_EQUAL(host_begin(&other), 0);
  CHECK_EQUAL(host_request(&other, TARS_LINK_INSTALL_ABORT, NULL), 0);
  *self = host_open(3);
  host more[TARS_AGENT_SESSIONS - 2];
  for (int i = 0; i < TARS_AGENT_SESSIONS - 2; i++) more[i] = host_open(4);
  CHECK(tars_session_open() == NULL);
  for (int i = 0; i < TARS_AGENT_SESSIONS - 2; i++) tars_session_close(more[i].session);
  tars_session_close(other.session);
}

/* Messages, logs and changes of status reach who asked for them. */
static void test_streams(host *self) {
  tars_value seven = { .type = TARS_VALUE_INT, .i = 7 };
  hooks->message(1, text("speed"), &seven, 1);
  CHECK_EQUAL(host_request(self, TARS_LINK_SUBSCRIBE, &(tars_link_subscribe_request){ text("speed"), true }), 0);
  CHECK_EQUAL(self->events, 0);
  hooks->message(1, text("speed"), &seven, 1);
  hooks->message(1, text("other"), &seven, 1);
  host_take(self);
  CHECK_EQUAL(self->events, 1);
  CHECK_EQUAL(host_request(self, TARS_LINK_SUBSCRIBE, &(tars_link_subscribe_request){ text(""), true }), 0);
  hooks->message(1, text("other"), &seven, 1);
  CHECK_EQUAL(host_request(self, TARS_LINK_SUBSCRIBE, &(tars_link_subscribe_request){ text(""), false }), 0);
  hooks->message(1, text("speed"), &seven, 1);
  host_take(self);
  CHECK_EQUAL(self->events, 2);
  for (int i = 0; i < 5; i++) hooks->log(i, text("old"), text("line {}"), &seven, 1);
  CHECK_EQUAL(host_request(self, TARS_LINK_LOGS, &(tars_link_logs_request){ .on = true, .history = true }), 0);
  hooks->log(5, text("old"), text("line {}"), &seven, 1); /* comes once, and so does the next */
  hooks->status(6, text("old"), TARS_STATUS_PARKED, TARS_E_TRAP);
  int before = self->changes;
  host_take(self);
  CHECK_EQUAL(self->events, 2 + 1 + 5 + 2); /* one is what the board said when it started */
  CHECK_EQUAL(self->changes - before, 3);   /* lines 2 and 5 of the ring, and the last */
  hooks->log(7, text("old"), text("line {}"), &seven, 1);
  hooks->status(8, text("old"), TARS_STATUS_RUNNING, 0);
  tars_log_note(text("the board's own words"));
  host_take(self);
  CHECK_EQUAL(self->events, 2 + 1 + 5 + 5);
  CHECK_EQUAL(self->changes - before, 4);
}

/* A host that doesn't read loses events, and sees it by their numbers; the board doesn't wait for it. */
static void test_deaf(host *self) {
  tars_value seven = { .type = TARS_VALUE_INT, .i = 7 };
  for (int i = 0; i < 2000; i++) hooks->log(i, text("old"), text("line {}"), &seven, 1);
  int before = self->events;
  host_take(self);
  CHECK(self->events > before && self->events < before + 2000);
  hooks->log(0, text("old"), text("line {}"), &seven, 1);
  self->event_seq = (uint16_t)(self->event_seq + 2000 - (self->events - before));
  host_take(self); /* checks that the events' numbers have no gap */
}

int main(void) {
  nor_reset();
  host_start(&(tars_agent_config){ 0 });
  host self = host_open(1);
  test_questions(&self);
  test_install(&self);
  test_pending(&self);
  test_two_sessions(&self);
  test_streams(&self);
  test_deaf(&self);
  CHECK(!tars_agent_reset_wanted());
  CHECK_EQUAL(host_request(&self, TARS_LINK_RESET, NULL), 0);
  CHECK(tars_agent_reset_wanted());
  return check_report("agent");
}
