/* The steps that life.h lists, as two tables. */
#include "life.h"

#include "tars_os.h" /* panic */

#define TO(life) (1u << LIFE_##life)
/* The two ends of most lives: STOPPED keeps the module loaded, FREE has unloaded it. */
#define ENDS (TO(STOPPED) | TO(FREE))

/* For each life the lives that may follow, one bit each. */
static const uint16_t lives[LIFE_COUNT] = {
  [LIFE_FREE] = TO(LOADING),
  [LIFE_LOADING] = TO(STAGED) | TO(FREE),
  [LIFE_STAGED] = TO(LISTENING) | TO(FREE),
  [LIFE_LISTENING] = TO(OPEN) | TO(SWAPPING),
  [LIFE_SWAPPING] = TO(OPEN) | TO(FINISHING) | ENDS,
  [LIFE_OPEN] = TO(FINISHING) | TO(RESTARTING) | TO(PARKED) | ENDS,
  [LIFE_FINISHING] = ENDS,
  [LIFE_RESTARTING] = TO(BEGINNING) | ENDS,
  [LIFE_PARKED] = TO(STARTING) | ENDS,
  [LIFE_STOPPED] = TO(STARTING) | TO(FREE),
  [LIFE_STARTING] = TO(BEGINNING) | ENDS,
  [LIFE_BEGINNING] = TO(LISTENING) | ENDS,
};

/* For each side the sides that may follow, one bit each. */
static const uint8_t sides[SIDE_COUNT] = {
  [SIDE_NONE] = 1u << SIDE_NEW | 1u << SIDE_OLD,
  [SIDE_NEW] = 1u << SIDE_NONE,
  [SIDE_OLD] = 1u << SIDE_BACK,
  [SIDE_BACK] = 1u << SIDE_NONE,
};

void tars_life_go(uint8_t *life, tars_life next) {
  if (!(lives[*life] >> next & 1)) tars_os_panic(5, "a behaviour's life took a step that does not exist");
  *life = (uint8_t)next;
}

void tars_side_go(uint8_t *side, tars_side next) {
  if (!(sides[*side] >> next & 1)) tars_os_panic(6, "a behaviour changed to a side of the trial that cannot follow");
  *side = (uint8_t)next;
}
