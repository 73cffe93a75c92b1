/* Handles to the board: from names in the manifest to indices of resources, and who may claim what. */
#ifndef BIND_H
#define BIND_H

#include "behaviour.h"
#include "core.h"
#include "tars_detail.h"

/* Resolves all handles. 0, -unknown for a name that the board lacks or of another type, -range for a bus that can't be
 * so fast, -manifest for a schema that can't be read. */
int tars_bind(tars_behaviour *b, tars_detail detail);
/* Checks the behaviours of an app against each other: names, outputs and addresses, schemas of topics. 0 or
 * -conflict. */
int tars_bind_app(const tars_app *app, tars_detail detail);

#endif
