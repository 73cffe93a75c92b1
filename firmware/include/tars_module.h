/* What can be seen of a module before it is loaded. The engines of one binary format share the file that implements it:
 * firmware/engines/wasm/section.c. */
#ifndef TARS_MODULE_H
#define TARS_MODULE_H

#include "tars_cbor.h"   /* tars_bytes */
#include "tars_detail.h" /* why not */

/* Finds the one custom section that holds the manifest. 0, -module, or -manifest if it is missing, double or too
 * long. */
int tars_module_section(const uint8_t *image, uint32_t size, tars_bytes *manifest, tars_detail detail);
/* The same for a module of `size` bytes that lies anywhere: where its manifest begins and how long it is. */
int tars_module_find(tars_read_fn read, void *context, uint32_t size, uint32_t *offset, uint32_t *bytes);

#endif
