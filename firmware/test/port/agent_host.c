/* The host of the agent's tests; see agent_host.h. */
#include "agent_host.h"
#include "check.h"
#include "fake_core.h"
#include "nor.h"
#include "tars_board.h"
#include "tars_calls.h"
#include "tars_engine.h" /* its name */
#include "tars_errors.h"
#include "tars_hal.h"
#include "tars_os.h"

#include <string.h>

/* ---- what of the core the commands ask for ---- */

const uint8_t tars_call_bitmap[TARS_CALL_BITMAP] = { 0xfe }; /* the generated ones come with the whole core */
const uint8_t tars_contract_digest[8] = { 1 };
const char tars_engine_name[] = "none";

static tars_value param = { .type = TARS_VALUE_INT, .i = 5 };

uint32_t tars_pool_free(void) { return 1000; }
uint32_t tars_abandoned_count(void) { return 3; }
/* Each third line is a change of status. */
int tars_log_at(int index, tars_log_line *line) {
  *line = (tars_log_line){ .time_us = index,
                           .behaviour = "old",
                           .text = "line {}",
                           .fields = { { .type = TARS_VALUE_INT, .i = index } },
                           .count = 1,
                           .is_status = index % 3 == 2,
                           .status = TARS_STATUS_PARKED,
                           .code = TARS_E_TRAP };
  return 0;
}
void tars_log_note(tars_text text) {
  tars_os_lock();
  hooks->log(tars_os_now_us(), (tars_text){ "", 0 }, text, NULL, 0);
  tars_os_unlock();
}
int tars_behaviour_at(int index, tars_behaviour_info *info) {
  *info = (tars_behaviour_info){ .name = { "one", 3 }, .status = TARS_STATUS_RUNNING, .size = 77 };
  memcpy(info->digest, fake_core.running.digests[0], sizeof info->digest);
  return index == 0 ? 0 : -TARS_E_UNKNOWN;
}
int tars_behaviour_stats_get(tars_text name, tars_behaviour_stats *stats) {
  *stats = (tars_behaviour_stats){ .reactions = 9, .queue = 2 };
  return name.size == 3 ? 0 : -TARS_E_UNKNOWN;
}
int tars_behaviour_start(tars_text name) { return name.size == 3 ? 0 : -TARS_E_UNKNOWN; }
int tars_behaviour_stop(tars_text name) { return name.size == 3 ? 0 : -TARS_E_UNKNOWN; }
int tars_param_at(int index, tars_param_info *info) {
  *info = (tars_param_info){ .behaviour = { "one", 3 }, .name = { "gain", 4 }, .value = param };
  return index == 0 ? 0 : -TARS_E_UNKNOWN;
}
int tars_param_get(tars_text behaviour, tars_text name, tars_value *value) {
  (void)behaviour;
  *value = param;
  return name.size == 4 ? 0 : -TARS_E_UNKNOWN;
}
int tars_param_set(tars_text behaviour, tars_text name, tars_value value) {
  (void)behaviour;
  (void)name;
  if (value.i > 10) return -TARS_E_RANGE;
  param = value;
  return 0;
}
int tars_topic_at(int index, tars_topic_info *info) {
  *info = (tars_topic_info){ .topic = { "t", 1 }, .schema = { "n:i32", 5 } };
  return index == 0 ? 0 : -TARS_E_UNKNOWN;
}
int tars_topic_publish(tars_text topic, const tars_value *fields, int count) {
  return topic.size == 1 && count == 1 && fields->i == 7 ? 0 : -TARS_E_UNKNOWN;
}

/* ---- a host ---- */

int64_t host_now_us = 42;
static int64_t agent_now_us(void) { return host_now_us; }

const tars_hooks *hooks;
tars_link_response response;

/* Takes frames until there are none; true if the last one was a response. Events are counted and must have no gap. */
bool host_take(host *self) {
  uint8_t wire[TARS_FRAME_WIRE];
  uint32_t size;
  bool is_response = false;
  while ((size = tars_session_take(self->session, wire)) > 0)
    for (uint32_t i = 0; i < size; i++)
      if (tars_frame_receive(&self->receiver, wire[i], &self->frame) == TARS_RECEIVED_FRAME) {
        is_response = self->frame.response;
        if (is_response) return true;
        self->events++;
        self->changes += self->frame.id == TARS_LINK_STATUS_EVENT;
        CHECK_EQUAL(self->frame.seq, ++self->event_seq);
      }
  return is_response;
}

void host_send_frame(host *self, uint8_t id, uint16_t seq, const void *body) {
  uint8_t encoded[TARS_FRAME_BODY], wire[TARS_FRAME_WIRE];
  int size = tars_message_encode(tars_link_message(id), body, encoded, sizeof encoded);
  tars_frame frame = { .id = id, .seq = seq, .body = encoded, .size = (uint32_t)size };
  int wire_size = tars_frame_encode(&frame, wire, sizeof wire);
  CHECK(size > 0 && wire_size > 0);
  tars_session_feed(self->session, wire, (uint32_t)wire_size);
}

/* Feeds nothing, as a port does, until the session takes requests again. */
static void share_wait(host *self) {
  for (int i = 0; i < 100 && tars_session_waits(self->session); i++) {
    host_now_us += 10000;
    CHECK_EQUAL(tars_session_feed(self->session, (const uint8_t *)"", 1), 0);
  }
}

/* One request; the supervisor gets its turn. The code, and the fields in `response`. */
int host_request(host *self, uint8_t id, const void *body) {
  int code = -1;
  host_send_frame(self, id, ++self->seq, body);
  share_wait(self);
  hooks->poll(0);
  tars_agent_poll();
  CHECK(host_take(self));
  CHECK(self->frame.id == id && self->frame.seq == self->seq);
  CHECK_EQUAL(tars_response_decode(tars_link_message(id), self->frame.body, self->frame.size, &code, &response), 0);
  return code;
}

/* A session that has said hello. */
host host_open(uint32_t nonce) {
  host self = { .session = tars_session_open() };
  CHECK(self.session != NULL);
  tars_frame_receiver_init(&self.receiver);
  CHECK_EQUAL(host_request(&self, TARS_LINK_HELLO, &(tars_link_hello_request){ nonce }), 0);
  CHECK(response.hello.engine.size == strlen(tars_engine_name) &&
        memcmp(response.hello.engine.text, tars_engine_name, response.hello.engine.size) == 0);
  return self;
}

tars_text text(const char *string) { return (tars_text){ string, (uint16_t)strlen(string) }; }

void host_start(const tars_agent_config *more) {
  tars_agent_config config = *more;
  config.class = tars_board_class;
  config.device = "desk";
  config.now_us = agent_now_us;
  config.lock = tars_os_lock;
  config.unlock = tars_os_unlock;
  config.flash_counters = tars_flash_counters;
  fake_core_reset();
  hooks = tars_agent_init(&config);
  hooks->poll(0);
}
