/* The manifest of a bundle against its template. */
#ifndef BUNDLE_MANIFEST_H
#define BUNDLE_MANIFEST_H

#include "tars_bundle_verify.h"

/* Reads a manifest into `facts`, which must be zero before. 0 or the negative error of the first wrong byte. */
int bundle_manifest_read(tars_bytes document, tars_bundle_facts *facts);

#endif
