/* Checks of a module against the rules of the ABI, made on its sections before an engine gets it. */
#ifndef MODULE_H
#define MODULE_H

#include "detail.h"
#include "tars_manifest.h"

/* Finds the one custom section that holds the manifest. 0, -module, or -manifest if it is missing, double or too
 * long. */
int tars_module_manifest(const uint8_t *image, uint32_t size, tars_bytes *manifest, tars_detail detail);
/* Checks imports against the contract and the manifest, exports, memories, tables, and that nothing starts by itself.
 * 0, -module, -missing_call or -denied. The engine still has to validate the code. */
int tars_module_check(const uint8_t *image, uint32_t size, const tars_manifest *manifest, tars_detail detail);

#endif
