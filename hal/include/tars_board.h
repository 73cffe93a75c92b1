/* The board as data: generated from boards/<board>.json into firmware/gen/board_<board>.c. */
#ifndef TARS_BOARD_H
#define TARS_BOARD_H

#include <stdint.h>

typedef enum {
  TARS_RESOURCE_GPIO,
  TARS_RESOURCE_PWM,
  TARS_RESOURCE_ADC,
  TARS_RESOURCE_I2C,
  TARS_RESOURCE_SPI,
  TARS_RESOURCE_UART
} tars_resource_type;

typedef struct {
  const char *name;
  tars_resource_type type;
  uint32_t max_khz; /* buses: fastest clock; 0 otherwise */
} tars_resource;

extern const char tars_board_name[];
extern const char tars_board_class[];
extern const tars_resource tars_board_resources[];
extern const uint16_t tars_board_resource_count;
/* Budgets and flash geometry are macros in firmware/gen/board_<board>.h, which the build includes as "board.h":
 * TARS_BOARD_CALLS_<group>, TARS_BOARD_SLOTS, _ARENA, _POOL, _STACK, _REACTION_US, _LOG_LINES, _FLASH_SIZE,
 * _FLASH_ERASE, _FLASH_PROGRAM, _FLASH_READ. */

#endif
