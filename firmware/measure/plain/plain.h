/* A program of the comparison. */
#ifndef PLAIN_H
#define PLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "tars_place.h"

/* Once. */
void plain_start(void);
/* Every period. */
TARS_PLACE void plain_react(void);

#endif
