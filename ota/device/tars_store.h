/* The store: littlefs over the board's NOR flash. Supervisor only, one file open at a time, no heap.
 *
 *   <digest in hex>     module, written once, named by its SHA-256
 *   app, next           records of the app that is committed and of the one in trial
 *   retain.<behaviour>  checkpoint of retained variables
 *   boot                number of boots
 *   key, root, …        records of trust.c
 *   erase               everything is being erased
 *
 * There are no folders: each would take two erase blocks, of which small flashes have eight. A file of littlefs changes
 * as a whole when it is closed, so a record is the old or the new one and a module is there or not, whenever the power
 * fails. One that was created but never closed is empty, which counts as not there. Records end with a CRC-32 against
 * flash that decays. */
#ifndef TARS_STORE_H
#define TARS_STORE_H

#include "tars.h"               /* tars_text */
#include "tars_bundle_verify.h" /* number of a bundle */
#include "tars_limits.h"        /* modules of an app */

#define TARS_DIGEST 32

/* An app: its modules in order, and the bundle that brought it, so that app and number change together. */
typedef struct {
  uint8_t count;
  uint8_t reboots;             /* in the record of a trial: how often the board has started in this trial */
  bool unattended;             /* in the record of a trial: commits by itself */
  uint32_t health_ms;          /* in the record of a trial: window of the trial */
  tars_bundle_committed order; /* number 0: no bundle brought it */
  uint32_t sizes[TARS_LIMIT_MODULES];
  uint8_t digests[TARS_LIMIT_MODULES][TARS_DIGEST];
} tars_app_record;

typedef enum { TARS_STORE_APP, TARS_STORE_NEXT } tars_store_slot;

/* Mounts; formats flash that can't be mounted and says so in `formatted`. All functions return 0 or a negative
 * error. */
int tars_store_mount(bool *formatted);
/* Counts this boot; `boots` is the new number. */
int tars_store_boot(uint32_t *boots);

/* -unknown if there is none, -corrupt if it is damaged. */
int tars_store_app_read(tars_store_slot slot, tars_app_record *app);
int tars_store_app_write(tars_store_slot slot, const tars_app_record *app);
/* Removes the record `next`, if it exists. */
int tars_store_next_remove(void);

bool tars_store_module_has(const uint8_t digest[TARS_DIGEST], uint32_t size);
int tars_store_module_read(const uint8_t digest[TARS_DIGEST], uint32_t offset, void *bytes, uint32_t size);
void tars_store_module_remove(const uint8_t digest[TARS_DIGEST]);
/* Receives a module: begin with its digest, append its bytes in order, then finish if their digest is right,
 * otherwise cancel. */
int tars_store_part_begin(const uint8_t digest[TARS_DIGEST]);
int tars_store_part_append(const void *bytes, uint32_t size);
int tars_store_part_finish(void);
void tars_store_part_cancel(const uint8_t digest[TARS_DIGEST]);
/* Removes every module for which `keep` returns false. */
typedef bool (*tars_store_keep)(const void *context, const uint8_t digest[TARS_DIGEST]);
int tars_store_modules_sweep(tars_store_keep keep, const void *context);
/* Returns the bytes of free blocks. */
int tars_store_free(uint32_t *bytes);

/* A record with its CRC-32. Read returns the size, -unknown if there is none, -corrupt if it is damaged. Write
 * replaces. */
int tars_store_record_read(const char *name, void *bytes, uint32_t capacity);
int tars_store_record_write(const char *name, const void *bytes, uint32_t size);

/* Erases everything; the store can't be used until the next mount, which goes on if the power failed in between. */
int tars_store_erase(void);

/* Checkpoints; load returns the size, 0 if there is none. */
int tars_store_retain_save(tars_text behaviour, const uint8_t *record, uint32_t size);
int tars_store_retain_load(tars_text behaviour, uint8_t *record, uint32_t capacity);

#endif
