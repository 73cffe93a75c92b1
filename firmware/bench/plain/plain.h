/* A program of the comparison. */
#ifndef PLAIN_H
#define PLAIN_H

#include <stdbool.h>
#include <stdint.h>

/* Once. */
void plain_start(void);
/* Every period. */
void plain_react(void);

#endif
