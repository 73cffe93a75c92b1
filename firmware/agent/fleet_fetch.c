/* Fetches the app of a bundle whose payload is detached: first its index, then the modules that the store lacks, in
 * order, a window of chunks at a time. Everything is checked: the sizes must make an image of the signed size, each
 * module must have its digest, and the whole image must have the signed digest. */
#include "fleet_fetch.h"
#include "fleet_ask.h"
#include "fleet_out.h"
#include "fleet_share.h"
#include "fleet_state.h"
#include "fleet_text.h"
#include "tars_errors.h" /* codes */
#include "tars_fleet.h"  /* want, index */

#include <string.h>

typedef enum { FETCH_NONE, FETCH_INDEX, FETCH_ANNOUNCE, FETCH_CHUNKS } fetch_step;

enum {
  WINDOW = 32, /* chunks that are asked for at once, one bit each in `want` */
  ASK_AGAIN_US = 5000000,
  ASK_MAX_US = 60000000, /* longest time until a chunk is asked for again */
  ROOM_US = 100000,      /* time until the next try if there was no room for a message */
  FREE_US = 30000000,    /* time that a transfer may be behind limits.rate */
};

static struct {
  fetch_step step;
  int result; /* FLEET_BUSY, 0 done, or the negative error that ended it */
  fleet_exchange exchange;
  uint8_t image[TARS_DIGEST]; /* of the app */
  char class[TARS_LIMIT_NAME];
  uint8_t class_size;
  tars_app_record app;
  uint32_t missing;         /* bit i: module i must be fetched */
  uint8_t module;           /* the one that is being fetched */
  uint32_t chunk, wanted;   /* next chunk to be stored, and the first that has not been asked for */
  uint32_t stored;          /* bytes of that chunk that the supervisor has */
  int64_t want_us, rest_us; /* when to ask again, and the time between */
  int64_t end_us;           /* time by which all chunks must be there */
} fetch;

void tars_fleet_fetch_drop(void) {
  fetch.step = FETCH_NONE;
  tars_fleet_ask_forget(&fetch.exchange, true);
}

/* Ends the fetching with a result. */
static void end(int result) {
  fetch.step = FETCH_NONE;
  fetch.result = result;
}

void tars_fleet_fetch_begin(const tars_install_answer *verified) {
  tars_fleet_fetch_drop();
  memset(&fetch, 0, sizeof fetch);
  fetch.result = FLEET_BUSY;
  memcpy(fetch.image, verified->payload, sizeof fetch.image);
  fetch.step = FETCH_INDEX;
  fetch.rest_us = ASK_AGAIN_US;
  fetch.end_us = INT64_MAX;
}

int tars_fleet_fetch_result(void) { return fetch.result; }
bool tars_fleet_fetch_runs(void) { return fetch.step != FETCH_NONE; }
bool tars_fleet_fetch_asks(void) { return fetch.exchange.state != FLEET_UNASKED; }

/* Bytes of the module that is being fetched. */
static uint32_t module_size(void) { return fetch.app.sizes[fetch.module]; }
static uint32_t module_chunks(void) { return (module_size() + TARS_LIMIT_BLOB_CHUNK - 1) / TARS_LIMIT_BLOB_CHUNK; }

/* Goes to the next module that is missing. After the last one the app is complete. */
static void module_next(void) {
  fetch.chunk = fetch.wanted = fetch.stored = 0;
  fetch.want_us = 0;
  fetch.rest_us = ASK_AGAIN_US;
  for (fetch.module = 0; fetch.module < fetch.app.count; fetch.module++)
    if (fetch.missing >> fetch.module & 1) return;
  end(0);
}

/* Takes the answer to the announcement: bit i of `missing` is set if module i must be fetched. */
static void announced(uint32_t missing) {
  uint32_t total = 0;
  fetch.missing = missing;
  for (uint8_t i = 0; i < fetch.app.count; i++) total += fetch.missing >> i & 1 ? fetch.app.sizes[i] : 0;
  fetch.end_us = tars_fleet.now_us + FREE_US + (int64_t)total * 1000000 / TARS_LIMIT_RATE;
  fetch.step = FETCH_CHUNKS;
  module_next();
}

/* Announces the app to the supervisor; true once that has answered. */
static bool announce(void) {
  tars_install_request request = { .verb = TARS_INSTALL_BEGIN };
  request.begin.class = (tars_text){ fetch.class, fetch.class_size };
  request.begin.store = true;
  request.begin.app = &fetch.app;
  int code = tars_fleet_exchange(&fetch.exchange, &request);
  if (code == FLEET_BUSY) return false;
  if (code < 0)
    end(code);
  else
    announced(fetch.exchange.answer.missing);
  return true;
}

/* Publishes which chunks are wanted. */
static bool want(void) {
  uint8_t bytes[64];
  bool is_index = fetch.step == FETCH_INDEX;
  uint32_t left = is_index ? 0 : module_chunks() - fetch.chunk;
  tars_fleet_want_event event = {
    .digest = { is_index ? fetch.image : fetch.app.digests[fetch.module], TARS_DIGEST },
    .index = is_index,
    .first = fetch.chunk,
    .bitmap = left >= WINDOW ? UINT32_MAX : (UINT32_C(1) << left) - 1,
  };
  int size = tars_message_encode(tars_fleet_message(TARS_FLEET_WANT_EVENT), &event, bytes, sizeof bytes);
  fetch.want_us = tars_fleet.now_us + ROOM_US;
  if (size < 0 || !tars_fleet_publish((tars_mqtt_publication){
                      .topic = TARS_TOPIC_WANT, .payload = { bytes, (uint32_t)size }, .id = tars_mqtt_id() }))
    return false;
  fetch.wanted = fetch.chunk + (left < WINDOW ? left : WINDOW);
  fetch.want_us = tars_fleet.now_us + fetch.rest_us;
  fetch.rest_us = fetch.rest_us * 2 < ASK_MAX_US ? fetch.rest_us * 2 : ASK_MAX_US;
  return true;
}

bool tars_fleet_fetch_step(void) {
  if (fetch.step == FETCH_NONE) return false;
  if (fetch.step == FETCH_ANNOUNCE) return announce();
  if (tars_fleet_fetch_asks()) return false; /* first the chunk that is held must be stored */
  if (tars_fleet.now_us >= fetch.end_us) {
    tars_install_leave(TARS_INSTALL_BROKER);
    end(-TARS_E_SLOW);
    return true;
  }
  bool due = tars_fleet.now_us >= fetch.want_us || (fetch.step == FETCH_CHUNKS && fetch.chunk == fetch.wanted);
  return due && want();
}

/* Takes the index, whose contents are checked when the app is announced. */
static void index_take(tars_bytes payload) {
  tars_fleet_index_event index;
  if (tars_message_decode(tars_fleet_message(TARS_FLEET_INDEX_EVENT), payload.bytes, payload.size, &index) != 0 ||
      index.digests.size != index.sizes.count * TARS_DIGEST || index.class.size > sizeof fetch.class) {
    end(-TARS_E_INVALID);
    return;
  }
  memset(&fetch.app, 0, sizeof fetch.app);
  memcpy(fetch.class, index.class.text, index.class.size);
  fetch.class_size = (uint8_t)index.class.size;
  fetch.app.count = index.sizes.count;
  memcpy(fetch.app.digests, index.digests.bytes, index.digests.size);
  memcpy(fetch.app.sizes, index.sizes.items, index.sizes.count * sizeof *fetch.app.sizes);
  fetch.step = FETCH_ANNOUNCE;
}

/* A chunk of so many bytes has been stored. The next one is due, or the next module if it was the last. */
static void chunk_end(uint32_t size) {
  tars_fleet_share_return(size);
  tars_fleet_share_useful();
  fetch.chunk++;
  fetch.stored = 0;
  fetch.rest_us = ASK_AGAIN_US;
  fetch.want_us = tars_fleet.now_us + fetch.rest_us;
  if (fetch.chunk < module_chunks()) return;
  fetch.missing &= ~(UINT32_C(1) << fetch.module);
  module_next();
}

/* Stores the next piece of a chunk: FLEET_BUSY, 0, or a negative error. */
static int piece_store(tars_bytes chunk, uint32_t offset) {
  tars_install_request request = { .verb = TARS_INSTALL_DATA };
  uint32_t left = chunk.size - fetch.stored, piece = left < TARS_LIMIT_CHUNK ? left : TARS_LIMIT_CHUNK;
  request.data.module = fetch.module;
  request.data.offset = offset + fetch.stored;
  request.data.bytes = (tars_bytes){ chunk.bytes + fetch.stored, piece };
  int code = tars_fleet_exchange(&fetch.exchange, &request);
  if (code == 0) fetch.stored += piece;
  return code;
}

/* Stores a chunk piece by piece; true once its bytes are no longer needed. A chunk that was not asked for is
 * dropped; the right one will be asked for again. */
static bool chunk_take(tars_bytes chunk) {
  uint32_t offset = fetch.chunk * TARS_LIMIT_BLOB_CHUNK, left = module_size() - offset;
  int code = 0;
  if (chunk.size != (left < TARS_LIMIT_BLOB_CHUNK ? left : TARS_LIMIT_BLOB_CHUNK)) return true;
  while (code == 0 && fetch.stored < chunk.size) code = piece_store(chunk, offset);
  if (code == FLEET_BUSY) return false;
  if (code < 0)
    end(code);
  else
    chunk_end(chunk.size);
  return true;
}

/* Number at the end of a topic; UINT32_MAX if it is none. */
static uint32_t number_read(const char *text, uint32_t size) {
  uint32_t number = 0;
  if (size == 0 || size > 6) return UINT32_MAX;
  for (uint32_t i = 0; i < size; i++) {
    if (text[i] < '0' || text[i] > '9') return UINT32_MAX;
    number = number * 10 + (uint32_t)(text[i] - '0');
  }
  return number;
}

/* A topic below `blob` is `{digest}/index` or `{digest}/{chunk}`. Messages that were not asked for are dropped. */
bool tars_fleet_fetch_take(tars_text rest, tars_bytes payload) {
  static const char index[] = "index";
  enum { HEX = FLEET_DIGEST_TEXT - 1 };
  char digest[FLEET_DIGEST_TEXT];
  if (fetch.step == FETCH_ANNOUNCE && tars_fleet_fetch_asks()) return false;
  if (fetch.step == FETCH_NONE || fetch.step == FETCH_ANNOUNCE || rest.size <= HEX + 1 || rest.text[HEX] != '/')
    return true;
  tars_fleet_hex(fetch.step == FETCH_INDEX ? fetch.image : fetch.app.digests[fetch.module], TARS_DIGEST, digest);
  const char *name = rest.text + HEX + 1;
  uint32_t name_size = rest.size - HEX - 1u;
  if (memcmp(rest.text, digest, HEX) != 0) return true;
  if (fetch.step == FETCH_CHUNKS) return number_read(name, name_size) != fetch.chunk || chunk_take(payload);
  if (name_size == sizeof index - 1 && memcmp(name, index, sizeof index - 1) == 0) index_take(payload);
  return true;
}

int64_t tars_fleet_fetch_deadline_us(void) {
  if (fetch.step == FETCH_NONE || fetch.step == FETCH_ANNOUNCE || tars_fleet_fetch_asks()) return INT64_MAX;
  return fetch.want_us < fetch.end_us ? fetch.want_us : fetch.end_us;
}
