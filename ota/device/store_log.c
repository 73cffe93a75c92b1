/* Two logs in different sectors, each of which holds every record, so that no sector is the only home of any.
 *
 * A log begins with a head that says how many records were copied when it was begun; then come the records, each
 * written behind the last one. The newest of a name counts. A record goes to log 0 first, then to log 1: whenever the
 * power fails, at least one of them is right to its end. When a log is full, it is erased and what still counts is
 * copied from the other one.
 *
 * A log of which anything is wrong, except that bits behind its end are not erased, isn't used: which record was lost
 * can't be known, and an older one must not take its place. It is made anew from the other log. If both are wrong, the
 * board knows that it had records and does nothing until it is repaired or erased. */
#include "store_log.h"

#include "store_flash.h"
#include "tars_crc32.h"
#include "tars_errors.h" /* codes of the contract */

#include <string.h>

enum {
  LOGS = 2,
  RESCUE = 2, /* a third log, where the modules lie, while the two are made anew */
  PAGE = TARS_BOARD_FLASH_PROGRAM,
  GONE_MAX = 16, /* records of behaviours that are gone which are copied, the newest ones */
};

/* Head of a record. The first of a log has no name, and its bytes are the number of records that were copied. */
typedef struct {
  uint32_t crc; /* of the rest of the head */
  uint32_t sequence, size, body_crc;
  char name[TARS_LOG_NAME];
} record_head;

/* Quality of a log. WHOLE: right, and erased behind its end. STRAY: right, but bits behind its end have changed. */
typedef enum { BROKEN, STRAY, WHOLE } log_quality;

typedef struct {
  log_quality quality;
  uint32_t end, sequence;
  bool erasing; /* all of the flash is being erased */
} log_view;

static const char erasing[] = "erase", retained[] = "retain.";

static struct {
  uint32_t end[LOGS + 1];
  bool bad[LOGS]; /* must be made anew from the other log */
  bool unsure;    /* neither log is right: what can be read is looked for everywhere */
  uint32_t sequence;
  tars_log_wanted wanted;
} logs;

/* Where a log begins. */
static uint32_t base(int log) { return (uint32_t)log * TARS_STORE_LOG; }

/* Bytes that a record takes. */
static uint32_t span(uint32_t size) { return (uint32_t)(sizeof(record_head) + size + PAGE - 1) / PAGE * PAGE; }

/* Reads the head of a record: 1, 0 if there is no more, or a negative error. */
static int head_read(int log, uint32_t at, record_head *head) {
  if (at + sizeof *head > TARS_STORE_LOG) return 0;
  int err = tars_store_bytes_read(base(log) + at, head, sizeof *head);
  if (err) return err;
  bool right = head->size <= TARS_STORE_LOG - sizeof *head - at &&
               head->crc == tars_crc32(0, &head->sequence, sizeof *head - sizeof head->crc);
  if (right) return 1;
  int blank = tars_store_is_blank(base(log) + at, sizeof *head);
  return blank == 1 ? 0 : blank < 0 ? blank : -TARS_E_CORRUPT;
}

/* 1 if the bytes of a record are right, -corrupt if they aren't, or another negative error. */
static int body_check(int log, uint32_t at, const record_head *head) {
  uint8_t chunk[TARS_STORE_CHUNK];
  uint32_t crc = 0, from = base(log) + at + sizeof *head;
  for (uint32_t done = 0, part; done < head->size; done += part) {
    part = head->size - done < sizeof chunk ? head->size - done : sizeof chunk;
    int err = tars_store_bytes_read(from + done, chunk, part);
    if (err) return err;
    crc = tars_crc32(crc, chunk, part);
  }
  return crc == head->body_crc ? 1 : -TARS_E_CORRUPT;
}

/* The next right record of a log that isn't right as a whole: it is looked for at every page. */
static int next_right(int log, uint32_t *at, record_head *head) {
  for (; *at < TARS_STORE_LOG; *at += PAGE) {
    int err = head_read(log, *at, head);
    if (err == 1) err = body_check(log, *at, head);
    if (err == 1 || (err < 0 && err != -TARS_E_CORRUPT)) return err;
  }
  return 0;
}

/* The next record from `at` on: 1, 0 at the end, or a negative error. */
static int next(int log, uint32_t *at, record_head *head) {
  if (logs.unsure && log < LOGS) return next_right(log, at, head);
  if (*at >= logs.end[log]) return 0;
  int err = tars_store_bytes_read(base(log) + *at, head, sizeof *head);
  return err ? err : head->size < TARS_STORE_LOG - *at ? 1 : -TARS_E_CORRUPT;
}

/* Looks at a log from its beginning to its end. */
static int view(int log, log_view *seen) {
  record_head head;
  uint32_t at = 0, records = 0, copied = 0;
  int err;
  memset(seen, 0, sizeof *seen);
  for (; (err = head_read(log, at, &head)) == 1; at += span(head.size), records++) {
    err = body_check(log, at, &head);
    if (err != 1) break;
    seen->erasing = at == 0 && strcmp(head.name, erasing) == 0;
    if (seen->erasing || (head.name[0] == '\0') != (at == 0)) return 0;
    if (at == 0) err = tars_store_bytes_read(base(log) + sizeof head, &copied, sizeof copied);
    if (err < 0) return err;
    if (head.sequence > seen->sequence) seen->sequence = head.sequence;
  }
#ifdef TARS_PLANT_BELIEVE /* a fault for ota/sim to find: what lies before a wrong record is believed */
  if (err == -TARS_E_CORRUPT) err = 0;
#endif
  if (err || records < copied + 1) return err == -TARS_E_CORRUPT ? 0 : err;
  err = at < TARS_STORE_LOG ? tars_store_is_blank(base(log) + at, TARS_STORE_LOG - at) : 1;
  seen->end = at;
  seen->quality = err == 1 ? WHOLE : STRAY;
  return err < 0 ? err : 0;
}

/* Writes a record behind the last one of a log, from RAM or, if `ram` is NULL, from elsewhere in the flash. */
static int put(int log, const record_head *head, const uint8_t *ram, uint32_t flash) {
  uint8_t chunk[TARS_STORE_CHUNK];
  uint32_t to = base(log) + logs.end[log], filled = sizeof *head, done = 0;
  if (span(head->size) > TARS_STORE_LOG - logs.end[log]) return -TARS_E_NOSPACE;
  memcpy(chunk, head, sizeof *head);
  do {
    uint32_t left = head->size - done, part = left < sizeof chunk - filled ? left : sizeof chunk - filled;
    int err = 0;
    if (part && ram) memcpy(chunk + filled, ram + done, part);
    if (part && !ram) err = tars_store_bytes_read(flash + done, chunk + filled, part);
    if (!err) err = tars_store_bytes_program(to, chunk, filled + part);
    if (err) return err;
    to += filled + part;
    done += part;
    filled = 0;
  } while (done < head->size);
  logs.end[log] += span(head->size);
  return 0;
}

/* The head of a record whose bytes lie in RAM. */
static record_head head_make(const char *name, const void *bytes, uint32_t size) {
  record_head head = { .sequence = logs.sequence, .size = size, .body_crc = tars_crc32(0, bytes, size) };
  memcpy(head.name, name, strlen(name));
  head.crc = tars_crc32(0, &head.sequence, sizeof head - sizeof head.crc);
  return head;
}

/* Erases a log and begins it. */
static int begin(int log, uint32_t copied) {
  const record_head head = head_make("", &copied, sizeof copied);
  logs.end[log] = 0;
  int err = tars_store_sectors_erase(base(log), TARS_STORE_LOG);
  return err ? err : put(log, &head, (const uint8_t *)&copied, 0);
}

/* True if a newer record of the same name follows: in the same log, or anywhere if neither log is right. */
static bool is_old(int log, uint32_t at, const record_head *head) {
  record_head other;
  for (int i = logs.unsure ? 0 : log; i <= (logs.unsure ? LOGS - 1 : log); i++)
    for (uint32_t there = logs.unsure ? 0 : at + span(head->size); next(i, &there, &other) == 1;
         there += span(other.size))
      if (strcmp(head->name, other.name) == 0 &&
          (!logs.unsure || other.sequence > head->sequence || (other.sequence == head->sequence && i < log)))
        return true;
  return false;
}

/* True if a record must be copied. */
static bool counts(int log, uint32_t at, const record_head *head) {
  return head->size > 0 && head->name[0] && !is_old(log, at, head);
}

/* True for the retained variables of a behaviour that is gone. */
static bool is_gone(const record_head *head) {
  const char *behaviour = head->name + sizeof retained - 1;
  return strncmp(head->name, retained, sizeof retained - 1) == 0 &&
         !logs.wanted((tars_text){ behaviour, (uint16_t)strlen(behaviour) });
}

/* Makes a log anew of what still counts in another one. */
static int copy(int from, int to) {
  record_head head;
  uint32_t at = 0, count = 0, gone = 0;
  int err;
  for (; (err = next(from, &at, &head)) == 1; at += span(head.size))
    if (counts(from, at, &head)) count++, gone += is_gone(&head);
  uint32_t dropped = gone > GONE_MAX ? gone - GONE_MAX : 0;
  if (!err) err = begin(to, count - dropped);
  for (at = 0; !err && (err = next(from, &at, &head)) == 1; at += span(head.size)) {
    err = 0;
    if (!counts(from, at, &head)) continue;
    if (dropped && is_gone(&head))
      dropped--;
    else
      err = put(to, &head, NULL, base(from) + at + sizeof head);
  }
  if (to < LOGS) logs.bad[to] = err != 0;
  return err;
}

/* Makes a log anew of the other one, which must be right. */
static int mirror(int to) { return logs.bad[!to] ? -TARS_E_IO : copy(!to, to); }

/* True for flash in which nothing was ever written but, perhaps, the beginning of a log when the power failed. */
static int is_fresh(void) {
  const uint32_t first = span(sizeof(uint32_t)), rest = TARS_STORE_LOG - first;
  int blank = tars_store_is_blank(base(0) + first, rest);
  if (blank == 1) blank = tars_store_is_blank(base(1) + first, rest);
  return blank == 1 ? tars_store_is_blank(base(LOGS), TARS_STORE_AREA) : blank;
}

/* The last step of erasing: log 1 says that everything is to be erased until the rest is. */
static int erase_rest(void) {
  int err = tars_store_sectors_erase(base(LOGS), TARS_STORE_AREA);
  if (!err) err = tars_store_sectors_erase(base(0), TARS_STORE_LOG);
  return err ? err : tars_store_sectors_erase(base(1), TARS_STORE_LOG);
}

int tars_log_erase(void) {
  logs.sequence = logs.end[1] = 0;
  const record_head head = head_make(erasing, NULL, 0);
  int err = tars_store_sectors_erase(base(1), TARS_STORE_LOG);
  if (!err) err = put(1, &head, NULL, 0);
  return err ? err : erase_rest();
}

/* Begins both logs of fresh flash; the other kind isn't touched. */
static int fresh_begin(bool *fresh) {
  int blank = is_fresh(), err = 0;
  *fresh = blank == 1;
  if (blank != 1) return blank ? blank : -TARS_E_CORRUPT;
  logs.unsure = false;
  for (int log = 0; log < LOGS && !err; log++) err = begin(log, 0);
  return err;
}

int tars_log_open(bool *fresh, tars_log_wanted wanted) {
  log_view seen[LOGS];
  int err = 0, best = 0;
  memset(&logs, 0, sizeof logs);
  logs.wanted = wanted;
  logs.unsure = true;
  *fresh = false;
  for (int log = 0; log < LOGS && !err; log++) err = view(log, &seen[log]);
  if (!err && seen[1].erasing) {
    err = erase_rest();
    seen[0].quality = BROKEN;
  }
  if (err) return err;
  if (!seen[0].quality && !seen[1].quality) return fresh_begin(fresh);
  logs.unsure = false;
  best = !seen[0].quality || (seen[1].quality && seen[1].sequence > seen[0].sequence);
  logs.sequence = seen[best].sequence;
  for (int log = 0; log < LOGS; log++) logs.end[log] = seen[log].end;
  logs.bad[!best] = seen[!best].quality != WHOLE || seen[!best].sequence != logs.sequence;
  /* A log that can't be made anew now will be with the next record. */
  if (logs.bad[!best]) mirror(!best);
  if (seen[best].quality != WHOLE) mirror(best);
  return 0;
}

/* The newest record of a name in one log: 1, 0 if there is none, or a negative error. */
static int find(int log, const char *name, uint32_t *found, record_head *newest) {
  record_head head;
  int err, any = 0;
  for (uint32_t at = 0; (err = next(log, &at, &head)) == 1; at += span(head.size))
    if (strcmp(head.name, name) == 0 && (!any || head.sequence >= newest->sequence)) {
      *found = at;
      *newest = head;
      any = 1;
    }
  return err ? err : any;
}

/* If a record is wrong in one log, it is read from the other. */
int tars_log_read(const char *name, void *bytes, uint32_t capacity) {
  record_head head, best = { .size = 0 };
  uint32_t at = 0, from = 0;
  int size = -TARS_E_UNKNOWN;
  for (int log = 0; log < LOGS && (size < 0 || logs.unsure); log++) {
    int found = logs.bad[log] ? 0 : find(log, name, &at, &head);
    if (found == 1) found = head.size <= capacity ? body_check(log, at, &head) : -TARS_E_CORRUPT;
    if (found < 0 && size < 0) size = found;
    if (found != 1 || (size >= 0 && head.sequence <= best.sequence)) continue;
    best = head;
    size = (int)head.size;
    from = base(log) + at + sizeof head;
  }
  if (size <= 0) return size ? size : -TARS_E_UNKNOWN;
  int err = tars_store_bytes_read(from, bytes, (uint32_t)size);
  return err ? err : size;
}

/* Makes room in a log for a record of this size. */
static int room_make(int log, uint32_t size) {
  bool fits = !logs.bad[log] && span(size) <= TARS_STORE_LOG - logs.end[log];
  return fits ? 0 : mirror(log);
}

/* Once log 0 has the record it is written: log 1 is made anew of log 0 if it can't take it. */
int tars_log_write(const char *name, const void *bytes, uint32_t size) {
  if (logs.unsure) return -TARS_E_CORRUPT;
  int err = logs.bad[1] ? mirror(1) : 0;
  if (!err) err = room_make(0, size);
  if (err) return err;
  logs.sequence++;
  const record_head head = head_make(name, bytes, size);
  err = put(0, &head, bytes, 0);
  logs.bad[0] = err && err != -TARS_E_NOSPACE;
  if (err) return err;
  if (put(1, &head, bytes, 0)) logs.bad[1] = true, mirror(1);
  return 0;
}

/* Its end is the mark that what was read may not be the newest. */
int tars_log_rescue(void) {
  static const char *const dropped[] = { "next", "modules" };
  const uint8_t mark = 1;
  record_head head;
  if (!logs.unsure) return 0;
  int err = begin(RESCUE, 0);
  for (int log = 0; log < LOGS && !err; log++)
    for (uint32_t at = 0; !err && next(log, &at, &head) == 1; at += span(head.size)) {
      if (head.sequence > logs.sequence) logs.sequence = head.sequence;
      bool left = !counts(log, at, &head);
      for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) left |= strcmp(head.name, dropped[i]) == 0;
      if (!left) err = put(RESCUE, &head, NULL, base(log) + at + sizeof head);
    }
  logs.sequence++;
  head = head_make(TARS_LOG_MARK, &mark, sizeof mark);
  if (!err) err = put(RESCUE, &head, &mark, 0);
  if (err) return err;
  logs.unsure = false;
  err = copy(RESCUE, 0);
  return err ? err : copy(0, 1);
}
