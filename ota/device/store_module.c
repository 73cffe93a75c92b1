/* Modules lie one behind the other in a ring of sectors, each named by its digest, so one that is there is never sent
 * again. A sector is erased when the writing enters it; then no module that is needed lies in it. Room is made at the
 * other end of the ring: what is needed there moves to the front. So all sectors are erased equally often, and a few
 * large ones serve as well as many small ones.
 *
 * The record `modules` lists them from the oldest to the newest. It is written before the sectors of what it no longer
 * lists are used again. */
#include "tars_store.h"

#include "store_flash.h"
#include "store_log.h"   /* the list */
#include "tars_errors.h" /* codes of the contract */

#include <stddef.h> /* offsetof */
#include <string.h>

enum {
  AREA_BEGIN = TARS_BOARD_FLASH_SIZE - TARS_STORE_AREA,
  ENTRIES = 2 * TARS_LIMIT_MODULES, /* an app, and another one that is received or in trial */
  CHUNK = TARS_STORE_CHUNK,         /* modules begin and are programmed in steps of it */
  SECTOR = TARS_STORE_SECTOR,
  /* Besides what is needed and what comes there is always room to move the largest module, in a ring of whole
   * sectors with one that is begun, one that is only partly needed and one that was given up. */
  SLACK = TARS_LIMIT_MODULE + 3 * SECTOR,
  SAVE_BYTES = 32768, /* the list is written whenever so much has come, for transfers that power cuts interrupt */
};

_Static_assert(TARS_STORE_AREA > SLACK + TARS_LIMIT_MODULE, "room for modules");

typedef struct {
  uint32_t at, size; /* from the beginning of the area, which a module may cross */
  uint8_t digest[TARS_DIGEST];
} entry;

typedef struct {
  uint32_t head, count; /* where the next module begins */
  entry entries[ENTRIES];
} module_list;

static module_list list;

/* The module that is being received; its digest isn't listed yet. */
static struct {
  entry module;
  uint8_t chunk[CHUNK];
  uint32_t filled;
} part;
static uint32_t
    unsaved; /* bytes of modules that the record doesn't list yet; at least SAVE_BYTES: it must be written */

/* Bytes that a module takes. */
static uint32_t span(uint32_t size) { return (size + CHUNK - 1) / CHUNK * CHUNK; }

/* Place of a module in the list; -1 if it isn't there. */
static int find(const uint8_t digest[TARS_DIGEST]) {
  for (uint32_t i = 0; i < list.count; i++)
    if (memcmp(list.entries[i].digest, digest, TARS_DIGEST) == 0) return (int)i;
  return -1;
}

/* Takes a module out of the list. */
static void entry_remove(uint32_t i) {
  list.count--;
  memmove(&list.entries[i], &list.entries[i + 1], (list.count - i) * sizeof *list.entries);
  unsaved = SAVE_BYTES;
}

/* Writes the list unless the record says the same. */
int tars_store_modules_save(void) {
  uint32_t size = (uint32_t)(offsetof(module_list, entries) + list.count * sizeof *list.entries);
  int err = unsaved ? tars_log_write("modules", &list, size) : 0;
  unsaved = err ? SAVE_BYTES : 0;
  return err;
}

/* Reads bytes that lie in the ring. */
static int ring_read(uint32_t at, void *bytes, uint32_t size) {
  at %= TARS_STORE_AREA;
  uint32_t first = size < TARS_STORE_AREA - at ? size : TARS_STORE_AREA - at;
  int err = tars_store_bytes_read(AREA_BEGIN + at, bytes, first);
  return err || first == size ? err : tars_store_bytes_read(AREA_BEGIN, (uint8_t *)bytes + first, size - first);
}

/* Writes a chunk at the head, and erases the sector that begins there. */
static int head_write(const uint8_t *bytes, uint32_t size) {
  int err = list.head % SECTOR ? 0 : tars_store_sectors_erase(AREA_BEGIN + list.head, SECTOR);
  if (!err) err = tars_store_bytes_program(AREA_BEGIN + list.head, bytes, size);
  if (!err) list.head = (list.head + CHUNK) % TARS_STORE_AREA;
  return err;
}

/* Moves the head to where a sector begins. */
static void head_align(void) { list.head = (list.head + SECTOR - 1) / SECTOR * SECTOR % TARS_STORE_AREA; }

/* If the power failed in a module, the rest of its first sector isn't erased. */
int tars_store_modules_mount(void) {
  int size = tars_log_read("modules", &list, sizeof list);
  unsaved = 0;
  if (size < 0 || list.count > ENTRIES || list.head >= TARS_STORE_AREA) memset(&list, 0, sizeof list);
  uint32_t rest = (SECTOR - list.head % SECTOR) % SECTOR;
  int blank = tars_store_is_blank(AREA_BEGIN + list.head, rest);
  if (blank == 0) head_align();
  return size == -TARS_E_IO ? size : blank < 0 ? blank : 0;
}

/* Bytes from the head to the sector of the oldest module. */
static uint32_t ahead(void) {
  if (!list.count) return TARS_STORE_AREA;
  uint32_t oldest = list.entries[0].at / SECTOR * SECTOR;
  return (oldest + TARS_STORE_AREA - list.head) % TARS_STORE_AREA;
}

/* Moves the oldest module to the head. */
static int oldest_move(void) {
  uint8_t chunk[CHUNK];
  entry oldest = list.entries[0];
  if (span(oldest.size) > ahead()) return -TARS_E_NOSPACE;
  uint32_t from = oldest.at;
  oldest.at = list.head;
  for (uint32_t done = 0; done < oldest.size; done += sizeof chunk) {
    uint32_t size = oldest.size - done < sizeof chunk ? oldest.size - done : sizeof chunk;
    int err = ring_read(from + done, chunk, size);
    if (!err) err = head_write(chunk, size);
    if (err) return err;
  }
  entry_remove(0);
  list.entries[list.count++] = oldest;
  return tars_store_modules_save();
}

/* Makes room ahead of the writing. */
static int room_make(uint32_t size) {
  int err = 0;
  for (uint32_t moves = list.count; moves > 0 && ahead() < span(size) + TARS_LIMIT_MODULE + SECTOR && !err; moves--)
    err = oldest_move();
  return err ? err : ahead() < span(size) ? -TARS_E_NOSPACE : 0;
}

bool tars_store_module_has(const uint8_t digest[TARS_DIGEST], uint32_t size) {
  int i = find(digest);
  return i >= 0 && list.entries[i].size == size;
}

int tars_store_module_read(const uint8_t digest[TARS_DIGEST], uint32_t offset, void *bytes, uint32_t size) {
  int i = find(digest);
  if (i < 0) return -TARS_E_UNKNOWN;
  const entry *module = &list.entries[i];
  if (offset > module->size || size > module->size - offset) return -TARS_E_RANGE;
  return ring_read(module->at + offset, bytes, size);
}

/* If the list can't be written, the next one who reads the module finds it corrupt again. */
void tars_store_module_remove(const uint8_t digest[TARS_DIGEST]) {
  int i = find(digest);
  if (i < 0) return;
  entry_remove((uint32_t)i);
  tars_store_modules_save();
}

int tars_store_part_begin(const uint8_t digest[TARS_DIGEST], uint32_t size) {
  tars_store_module_remove(digest);
  int err = unsaved < SAVE_BYTES ? 0 : tars_store_modules_save();
  if (!err) err = list.count < ENTRIES ? room_make(size) : -TARS_E_NOSPACE;
  part.module = (entry){ .at = list.head };
  part.filled = 0;
  memcpy(part.module.digest, digest, TARS_DIGEST);
  return err;
}

int tars_store_part_append(const void *bytes, uint32_t size) {
  const uint8_t *from = bytes;
  int err = 0;
  for (uint32_t some; size && !err; from += some, size -= some) {
    some = size < sizeof part.chunk - part.filled ? size : sizeof part.chunk - part.filled;
    memcpy(part.chunk + part.filled, from, some);
    part.filled += some;
    part.module.size += some;
    if (part.filled < sizeof part.chunk) continue;
    part.filled = 0;
    err = head_write(part.chunk, sizeof part.chunk);
  }
  return err;
}

int tars_store_part_finish(void) {
  int err = part.filled ? head_write(part.chunk, part.filled) : 0;
  if (err) return err;
  list.entries[list.count++] = part.module;
  unsaved += part.module.size;
  return unsaved < SAVE_BYTES ? 0 : tars_store_modules_save();
}

/* What was written is erased when the head enters its sectors again. */
void tars_store_part_cancel(void) {
  bool written = list.head != part.module.at;
  list.head = part.module.at;
  if (written) head_align();
}

int tars_store_modules_sweep(tars_store_keep keep, const void *context) {
  for (uint32_t i = list.count; i-- > 0;)
    if (!keep(context, list.entries[i].digest)) entry_remove(i);
  return unsaved < SAVE_BYTES ? 0 : tars_store_modules_save();
}

uint32_t tars_store_free(void) {
  uint32_t used = SLACK;
  for (uint32_t i = 0; i < list.count; i++) used += span(list.entries[i].size);
  return used < TARS_STORE_AREA ? TARS_STORE_AREA - used : 0;
}
