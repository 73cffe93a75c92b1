/* The store in the board's NOR flash. Supervisor only, no heap.
 *
 * Modules are named by their SHA-256 (store_module.c). Everything else is records by name, each of which changes as a
 * whole, whenever the power fails, and lies in two places (store_log.c):
 *
 *   app, next           the app that is committed, and the one in trial
 *   modules             where modules lie
 *   retain.<behaviour>  checkpoint of retained variables
 *   self, root, …       records of trust.c */
#ifndef TARS_STORE_H
#define TARS_STORE_H

#include "tars.h"               /* tars_text */
#include "tars_bundle_verify.h" /* number of a bundle */
#include "tars_limits.h"        /* modules of an app */

#define TARS_DIGEST      32
#define TARS_STORE_CHUNK 256 /* bytes that are copied at a time; a module takes whole ones */

/* An app: its modules in order, and the bundle that brought it, so that app and number change together. */
typedef struct {
  uint8_t count;
  uint8_t reboots;    /* in the record of a trial: how often the board has started in this trial */
  bool unattended;    /* in the record of a trial: commits by itself */
  uint8_t failures;   /* how often the board has failed, with evidence against this app, without a whole window since */
  uint32_t health_ms; /* in the record of a trial: window of the trial */
  tars_bundle_committed order; /* number 0: no bundle brought it */
  uint32_t sizes[TARS_LIMIT_MODULES];
  uint8_t digests[TARS_LIMIT_MODULES][TARS_DIGEST];
} tars_app_record;

typedef enum { TARS_STORE_APP, TARS_STORE_NEXT } tars_store_slot;

/* True if the retained variables of a behaviour are needed; of others the last ones are kept. */
typedef bool (*tars_store_wanted)(tars_text behaviour);

/* 0; `fresh`: nothing was ever written. -corrupt: something was, but it can't be told what was written last. Records
 * can be read then as far as they are right, and nothing can be written before tars_store_rescue(). All functions
 * return 0 or a negative error. */
int tars_store_mount(bool *fresh, tars_store_wanted wanted);
/* If the store is -corrupt: makes it usable again, with what can be read of its records and without modules. It is
 * `rescued` then, records may be older than the newest, until somebody says that they are to be believed. */
int tars_store_rescue(void);
bool tars_store_is_rescued(void);
int tars_store_believe(void);

/* -unknown if there is none, -corrupt if it is damaged. */
int tars_store_app_read(tars_store_slot slot, tars_app_record *app);
int tars_store_app_write(tars_store_slot slot, const tars_app_record *app);
/* Removes the record `next`, if it exists. */
int tars_store_next_remove(void);

bool tars_store_module_has(const uint8_t digest[TARS_DIGEST], uint32_t size);
int tars_store_module_read(const uint8_t digest[TARS_DIGEST], uint32_t offset, void *bytes, uint32_t size);
void tars_store_module_remove(const uint8_t digest[TARS_DIGEST]);
/* Receives a module: begin with digest and size, append its bytes in order, then finish if their digest is right,
 * otherwise cancel. */
int tars_store_part_begin(const uint8_t digest[TARS_DIGEST], uint32_t size);
int tars_store_part_append(const void *bytes, uint32_t size);
int tars_store_part_finish(void);
void tars_store_part_cancel(void);
/* Removes every module for which `keep` returns false. */
typedef bool (*tars_store_keep)(const void *context, const uint8_t digest[TARS_DIGEST]);
int tars_store_modules_sweep(tars_store_keep keep, const void *context);
/* For store.c: finds the modules; writes down those that were received, before a record names them. */
int tars_store_modules_mount(void);
int tars_store_modules_save(void);
/* Returns how many bytes of modules can still be received. */
uint32_t tars_store_free(void);

/* A record. Read returns the size, -unknown if there is none, -corrupt if it is damaged. Write replaces. */
int tars_store_record_read(const char *name, void *bytes, uint32_t capacity);
int tars_store_record_write(const char *name, const void *bytes, uint32_t size);

/* Erases everything; the store can't be used until the next mount, which goes on if the power failed in between. */
int tars_store_erase(void);

/* Checkpoints; load returns the size, 0 if there is none. */
int tars_store_retain_save(tars_text behaviour, const uint8_t *record, uint32_t size);
int tars_store_retain_load(tars_text behaviour, uint8_t *record, uint32_t capacity);

#endif
