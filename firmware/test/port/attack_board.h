/* Class and host calls of the board that install_attack_test.c attacks. */
#ifndef ATTACK_BOARD_H
#define ATTACK_BOARD_H

#include <stdint.h>

uint8_t *attack_calls(void); /* 4 bytes */
char *attack_class(void);    /* 33 bytes */

#endif
