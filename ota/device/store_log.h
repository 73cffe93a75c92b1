/* Inside the store: records by name, in two logs that hold the same. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "tars_cbor.h" /* tars_text */

#include <stdbool.h>
#include <stdint.h>

enum { TARS_LOG_NAME = 48 }; /* bytes for a name, with the zero at its end */

/* True if the record of this behaviour is needed; the others are kept only in a small number. */
typedef bool (*tars_log_wanted)(tars_text behaviour);

/* Finds out what the flash holds. 0: it can be used; `fresh`: it was erased, and has been begun. -corrupt: it holds
 * something, but neither log is right from its beginning to its end. Then nothing is written before
 * tars_log_rescue(), and reading finds what is still right. */
int tars_log_open(bool *fresh, tars_log_wanted wanted);
/* The size of a record, -unknown if there is none, -corrupt. */
int tars_log_read(const char *name, void *bytes, uint32_t capacity);
/* Replaces a record; size 0 removes it. */
int tars_log_write(const char *name, const void *bytes, uint32_t size);
/* If neither log is right: makes both anew from the newest records that can be read, and of a mark that says so. Takes
 * flash of the modules, which are lost, and drops the records `next` and `modules`. */
#define TARS_LOG_MARK "rescued"
int tars_log_rescue(void);
/* Erases all of the flash. If the power fails in it, tars_log_open() goes on. */
int tars_log_erase(void);

#endif
