/* What can be seen of a module before it is loaded. */
#ifndef TARS_MODULE_H
#define TARS_MODULE_H

#include "tars_cbor.h" /* tars_bytes */

/* Finds the one custom section that holds the manifest. 0, -module, or -manifest if it is missing, double or too long. */
int tars_module_section(const uint8_t *image, uint32_t size, tars_bytes *manifest);

#endif
