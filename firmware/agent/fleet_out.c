/* What the board publishes: births, presence, reports and replies, each signed with the device's key. Reports and
 * replies keep their order and are kept until the broker has acknowledged them; after a broken connection they are
 * sent again under the same packet id. A birth is made anew instead, because it contains the nonce of the
 * connection. */
#include "fleet_out.h"
#include "fleet_share.h"
#include "fleet_state.h"
#include "fleet_text.h"
#include "session.h"     /* class, name */
#include "tars_calls.h"  /* digest of the contract, calls implemented */
#include "tars_errors.h" /* codes */
#include "tars_link.h"   /* statuses */
#include "tars_os.h"     /* lock */
#include "tars_store.h"  /* size of a digest */

#include <string.h>

enum {
  SLOTS = 8,               /* documents that are signed and not yet acknowledged */
  SLOT = 448,              /* bytes of a signed report or reply */
  REPORTS = 24,            /* reports that are not yet signed */
  BIRTH = 1024,            /* bytes of a signed birth: 610 of fields at most, and 143 around them */
  PRESENCE = 256,          /* bytes of a signed presence */
  DETAIL = 80,             /* bytes of a report's detail */
  FAULT_REST_US = 60000000 /* shortest time between two births that only say that a behaviour has faulted */
};

/* A report before it is signed. */
typedef struct {
  uint8_t phase, attempt, code, name_size, detail_size;
  bool has_bundle;
  uint32_t number;
  uint8_t bundle[TARS_BUNDLE_DIGEST];
  char name[TARS_LIMIT_NAME];
  char detail[DETAIL];
} report_row;

/* A signed document that the broker has not acknowledged yet. */
typedef struct {
  const char *topic; /* format */
  uint16_t id, size;
  bool sent, again, acked;
  uint8_t bytes[SLOT];
} out_slot;

/* The behaviour that a birth names because it has faulted. */
typedef struct {
  uint8_t name_size, status, code;
  uint32_t faults;
  char name[TARS_LIMIT_NAME];
} fault_row;

/* Guarded by the core's lock. */
static struct {
  uint8_t count;
  report_row rows[REPORTS];
} reports;

static struct {
  uint8_t first, count;
  out_slot slots[SLOTS];
  bool born, present; /* published in this connection */
  bool taken;         /* something of it was acknowledged */
  bool birth_acked;   /* the newest birth is acknowledged */
  uint16_t birth_id;
  uint32_t revision; /* of the newest birth */
  uint32_t modules_size;
  uint8_t modules[TARS_LIMIT_MODULES * TARS_DIGEST];
  fault_row fault;   /* that the newest birth names */
  int64_t rested_us; /* when a birth may be made again for a fault alone */
} out;

void tars_fleet_out_init(void) {
  memset(&out, 0, sizeof out);
  reports.count = 0;
}

static bool report_equal(const report_row *a, const report_row *b) { return memcmp(a, b, sizeof *a) == 0; }

/* Makes room: the oldest refusal goes first, so that a flood of forgeries doesn't push out what happened; lock held. */
static void report_drop(void) {
  uint8_t victim = 0;
  while (victim < reports.count && reports.rows[victim].phase != TARS_PHASE_REFUSED) victim++;
  if (victim == reports.count) victim = 0;
  reports.count--;
  memmove(&reports.rows[victim], &reports.rows[victim + 1], (size_t)(reports.count - victim) * sizeof *reports.rows);
}

/* Copies as much of a text as there is room for; returns its bytes. */
static uint8_t text_copy(char *to, uint32_t capacity, tars_text from) {
  uint32_t size = from.size < capacity ? from.size : capacity;
  if (size) memcpy(to, from.text, size);
  return (uint8_t)size;
}

/* A text of the agent or its configuration. */
static tars_text text_of(const char *string) { return (tars_text){ string, (uint16_t)strlen(string) }; }

/* Any task may call this. A report that equals one that still waits is not added again. */
void tars_fleet_report(const tars_update_step *step) {
  static const uint8_t none[TARS_BUNDLE_DIGEST];
  report_row row;
  memset(&row, 0, sizeof row);
  row.phase = step->phase;
  row.attempt = step->attempt;
  row.code = (uint8_t)-step->code;
  row.number = step->number;
  row.name_size = text_copy(row.name, sizeof row.name, step->behaviour);
  row.detail_size = text_copy(row.detail, sizeof row.detail, text_of(step->detail ? step->detail : ""));
  row.has_bundle = step->bundle && memcmp(step->bundle, none, sizeof none) != 0;
  if (row.has_bundle) memcpy(row.bundle, step->bundle, sizeof row.bundle);
  tars_os_lock();
  bool known = false;
  for (uint8_t i = 0; i < reports.count && !known; i++) known = report_equal(&reports.rows[i], &row);
  if (!known && reports.count == REPORTS) report_drop();
  if (!known) reports.rows[reports.count++] = row;
  tars_os_unlock();
  tars_fleet_wake();
}

void tars_fleet_refused(int code) {
  tars_fleet_report(&(tars_update_step){ .phase = TARS_PHASE_REFUSED, .code = code });
}

/* A packet id that nothing here waits for. */
static uint16_t id_new(void) {
  for (;;) {
    uint16_t id = tars_mqtt_id();
    bool used = false;
    for (uint8_t i = 0; i < out.count; i++) used |= out.slots[(out.first + i) % SLOTS].id == id;
    if (!used) return id;
  }
}

bool tars_fleet_out_has_room(void) { return out.count < SLOTS && !tars_fleet_share_is_used(FLEET_SIGNATURES); }

bool tars_fleet_out_untaken(void) { return out.born && !out.taken; }

bool tars_fleet_out_replying(void) {
  for (uint8_t i = 0; i < out.count; i++) {
    const out_slot *slot = &out.slots[(out.first + i) % SLOTS];
    if (!slot->acked && strcmp(slot->topic, TARS_TOPIC_REPLY) == 0) return true;
  }
  return false;
}

void tars_fleet_out_begin(void) {
  out.born = out.present = out.birth_acked = out.taken = false;
  for (uint8_t i = 0; i < out.count; i++) {
    out_slot *slot = &out.slots[(out.first + i) % SLOTS];
    slot->again = slot->sent;
    slot->sent = false;
  }
}

/* Signs a document into the next slot. Returns 0 or a negative error. */
static int slot_fill(const char *topic, uint8_t document, void *row) {
  if (out.count == SLOTS) return -TARS_E_FULL;
  tars_fleet_share_take(FLEET_SIGNATURES, 1);
  out_slot *slot = &out.slots[(out.first + out.count) % SLOTS];
  memset(slot, 0, offsetof(out_slot, bytes));
  int size = tars_trust_sign(document, row, slot->bytes, sizeof slot->bytes);
  if (size < 0) return size;
  slot->size = (uint16_t)size;
  slot->topic = topic;
  slot->id = id_new();
  out.count++;
  return 0;
}

/* Signs the oldest report; true if there was one. */
static bool report_sign(void) {
  report_row row;
  tars_os_lock();
  bool found = reports.count > 0;
  if (found) {
    row = reports.rows[0];
    memmove(&reports.rows[0], &reports.rows[1], --reports.count * sizeof *reports.rows);
  }
  tars_os_unlock();
  if (!found) return false;
  tars_fleet_report_event event = {
    .phase = row.phase,
    .bundle = { row.bundle, row.has_bundle ? sizeof row.bundle : 0 },
    .number = row.number,
    .attempt = row.attempt,
    .code = row.code,
    .behaviour = { row.name, row.name_size },
    .detail = { row.detail, row.detail_size },
  };
  slot_fill(TARS_TOPIC_EVENTS, TARS_FLEET_REPORT_EVENT,
            &event); /* fails only without a key, and then nothing is published at all */
  return true;
}

/* Signs a reply; the caller has made sure that there is room. If the body is too long, the reply is the error
 * too_long. */
void tars_fleet_reply(uint32_t command, int code, tars_bytes body) {
  uint8_t nonce[TARS_NONCE];
  tars_fleet_reply_event event = {
    .nonce = { nonce, tars_trust_nonce_give(nonce) }, .command = command, .code = (uint8_t)-code, .body = body
  };
  if (slot_fill(TARS_TOPIC_REPLY, TARS_FLEET_REPLY_EVENT, &event) == 0) return;
  event.code = TARS_E_TOO_LONG;
  event.body.size = 0;
  slot_fill(TARS_TOPIC_REPLY, TARS_FLEET_REPLY_EVENT, &event);
}

bool tars_fleet_publish(tars_mqtt_publication publication) {
  char topic[FLEET_TOPIC];
  tars_fleet_topic(topic, publication.topic, "");
  publication.topic = topic;
  return tars_mqtt_publish(&publication) == 0;
}

/* Publishes the next document that hasn't been published; true if there was one. */
static bool slot_publish(void) {
  for (uint8_t i = 0; i < out.count; i++) {
    out_slot *slot = &out.slots[(out.first + i) % SLOTS];
    if (slot->sent || slot->acked) continue;
    slot->sent = tars_fleet_publish((tars_mqtt_publication){
        .topic = slot->topic, .payload = { slot->bytes, slot->size }, .id = slot->id, .again = slot->again });
    return slot->sent;
  }
  return false;
}

/* True if a behaviour that has faulted is worth more attention than what is known: parked ones are, then those with
 * more faults. A fault in a trial ends that and is reported with it. */
static bool is_worse(const tars_behaviour_info *info, const fault_row *known) {
  bool parked = info->status == TARS_STATUS_PARKED, known_parked = known->status == TARS_STATUS_PARKED;
  return info->faults > 0 && !info->trial && (parked != known_parked ? parked : info->faults > known->faults);
}

/* Copies the digests of the modules that run, returns their bytes, and finds the behaviour to be named. */
static uint32_t modules_read(uint8_t digests[TARS_LIMIT_MODULES * TARS_DIGEST], fault_row *fault) {
  uint32_t size = 0;
  tars_behaviour_info info;
  memset(fault, 0, sizeof *fault);
  for (uint8_t i = 0; i < TARS_LIMIT_MODULES && tars_behaviour_at(i, &info) == 0; i++, size += TARS_DIGEST) {
    memcpy(digests + size, info.digest, TARS_DIGEST);
    if (!is_worse(&info, fault)) continue;
    memset(fault, 0, sizeof *fault);
    fault->name_size = text_copy(fault->name, sizeof fault->name, info.name);
    fault->status = info.status;
    fault->code = info.fault;
    fault->faults = info.faults;
  }
  return size;
}

/* A digest, empty if it is 0. */
static tars_bytes digest_of(const uint8_t digest[TARS_BUNDLE_DIGEST]) {
  static const uint8_t none[TARS_BUNDLE_DIGEST];
  return (tars_bytes){ digest, memcmp(digest, none, sizeof none) ? TARS_BUNDLE_DIGEST : 0 };
}

/* Signs a birth: what the board is and what it runs. */
static int birth_sign(uint8_t *bytes, uint32_t capacity) {
  const tars_trust_status *trust = &tars_fleet.trust;
  tars_fleet_birth_event birth = {
    .nonce = { trust->nonce, sizeof trust->nonce },
    .key = { trust->public_key, sizeof trust->public_key },
    .name = text_of(tars_agent.device),
    .class = text_of(tars_agent.class),
    .firmware = text_of(TARS_VERSION),
    .abi = TARS_LIMIT_ABI,
    .contract = { tars_contract_digest, sizeof tars_contract_digest },
    .calls = { tars_call_bitmap, TARS_CALL_BITMAP },
    .root = trust->root_version,
    .epoch = trust->committed.epoch,
    .number = trust->committed.number,
    .bundle = digest_of(trust->committed.digest),
    .trial = digest_of(trust->trial),
    .modules = { out.modules, out.modules_size },
    .freshness = trust->freshness,
    .time = trust->time_s,
    .behaviour = { out.fault.name, out.fault.name_size },
    .status = out.fault.status,
    .fault = out.fault.code,
    .faults = out.fault.faults,
  };
  return tars_trust_sign(TARS_FLEET_BIRTH_EVENT, &birth, bytes, capacity);
}

/* Publishes a birth if one is due. A behaviour that faults again and again is told of once in FAULT_REST_US. */
static bool birth_publish(void) {
  uint8_t bytes[BIRTH], modules[sizeof out.modules];
  fault_row fault;
  uint32_t modules_size = modules_read(modules, &fault);
  bool same = modules_size == out.modules_size && memcmp(modules, out.modules, modules_size) == 0;
  if (!same) out.rested_us = 0; /* another app */
  bool told = memcmp(&fault, &out.fault, sizeof fault) == 0 || tars_fleet.now_us < out.rested_us;
  if (out.born && same && told && out.revision == tars_fleet.trust.revision) return false;
  if (!told) out.rested_us = tars_fleet.now_us + FAULT_REST_US;
  memcpy(out.modules, modules, modules_size);
  out.modules_size = modules_size;
  memcpy(&out.fault, &fault, sizeof fault);
  out.birth_acked = out.born = false;
  int size = birth_sign(bytes, sizeof bytes);
  if (size < 0) return false;
  out.birth_id = id_new();
  if (!tars_fleet_publish((tars_mqtt_publication){
          .topic = TARS_TOPIC_STATE, .payload = { bytes, (uint32_t)size }, .id = out.birth_id, .retained = true }))
    return false;
  out.born = true;
  out.revision = tars_fleet.trust.revision;
  return true;
}

/* Signs a presence: whether the board is on line. */
static int presence_sign(bool online, uint8_t *bytes, uint32_t capacity) {
  tars_fleet_presence_event presence = { .nonce = { tars_fleet.trust.nonce, sizeof tars_fleet.trust.nonce },
                                         .online = online };
  return tars_trust_sign(TARS_FLEET_PRESENCE_EVENT, &presence, bytes, capacity);
}

int tars_fleet_will(uint8_t *bytes, uint32_t capacity) { return presence_sign(false, bytes, capacity); }

/* Publishes presence after the first birth of a connection: it counts only with the birth's nonce. */
static bool presence_publish(void) {
  uint8_t bytes[PRESENCE];
  if (!out.born || out.present) return false;
  int size = presence_sign(true, bytes, sizeof bytes);
  if (size < 0) return false;
  out.present = tars_fleet_publish((tars_mqtt_publication){
      .topic = TARS_TOPIC_ONLINE, .payload = { bytes, (uint32_t)size }, .id = id_new(), .retained = true });
  return out.present;
}

bool tars_fleet_out_step(void) {
  bool done = birth_publish();
  done |= presence_publish();
  /* the last slot is kept for the reply to the command that is under way */
  while (out.count < SLOTS - 1 && !tars_fleet_share_is_used(FLEET_SIGNATURES) && report_sign()) done = true;
  while (slot_publish()) done = true;
  return done;
}

void tars_fleet_out_acked(uint16_t id) {
  if (id == out.birth_id) out.birth_acked = out.taken = true;
  for (uint8_t i = 0; i < out.count; i++) {
    out_slot *slot = &out.slots[(out.first + i) % SLOTS];
    slot->acked |= slot->sent && slot->id == id;
    out.taken |= slot->acked;
  }
  for (; out.count && out.slots[out.first].acked; out.count--) out.first = (uint8_t)((out.first + 1) % SLOTS);
}

bool tars_fleet_out_current(void) { return out.born && out.birth_acked && out.revision == tars_fleet.trust.revision; }
