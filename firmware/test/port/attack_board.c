/* What the attacked board has, in memory that a test may write: elsewhere these are constants of the firmware, so their
 * headers stay away from here. */
#include "attack_board.h"

uint8_t tars_call_bitmap[4];
char tars_board_class[33];

uint8_t *attack_calls(void) { return tars_call_bitmap; }
char *attack_class(void) { return tars_board_class; }
