/* A program of the comparison. */
#ifndef PLAIN_H
#define PLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "tars_place.h"

/* Called once, at the start. */
void plain_start(void);
/* Called once in every period. */
TARS_PLACE void plain_react(void);

#endif
