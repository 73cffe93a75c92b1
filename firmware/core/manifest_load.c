/* How much of the processor's time a behaviour may take, and how long its neighbours may keep it waiting, where its
 * manifest doesn't say so: computed from its bounds and periods and from how fast the board is. */
#include "board.h" /* TARS_BOARD_INSTRUCTION_NS, _CALL_NS, _EVENT_NS, _REACTION_US */
#include "tars_manifest.h"

/* What a reaction to entry `entry` of the bounds takes at most; 0 instructions are no bound. */
static int64_t cost_ns(const tars_manifest *m, uint32_t entry) {
  uint32_t instructions = m->bounds[2 + 2 * entry], calls = m->bounds[3 + 2 * entry];
  if (instructions == 0) return TARS_BOARD_REACTION_US * INT64_C(1000);
  return TARS_BOARD_EVENT_NS + (int64_t)instructions * TARS_BOARD_INSTRUCTION_NS + (int64_t)calls * TARS_BOARD_CALL_NS;
}

/* Nanoseconds in a microsecond are permille. */
uint16_t tars_manifest_load(const tars_manifest *m) {
  int64_t load = 0;
  if (m->load != 0) return m->load;
  if (m->timers > 0) return TARS_LIMIT_LOAD;
  for (uint32_t i = 0; i < m->sources_count; i++) {
    if (m->sources[i].kind != TARS_SOURCE_EVERY) return TARS_LIMIT_LOAD;
    int64_t period_us = m->sources[i].every.period;
    load += (TARS_LIMIT_LOAD_MARGIN * cost_ns(m, i + 1) - 1) / period_us + 1; /* rounded up */
  }
  if (load < TARS_LIMIT_LOAD_LEAST) return TARS_LIMIT_LOAD_LEAST;
  return load < TARS_LIMIT_LOAD_WHOLE ? (uint16_t)load : TARS_LIMIT_LOAD_WHOLE;
}

uint32_t tars_manifest_deadline(const tars_manifest *m) {
  int64_t shortest_us = UINT32_MAX;
  if (m->deadline != 0) return m->deadline;
  for (uint32_t i = 0; i < m->sources_count; i++) {
    const tars_source *source = &m->sources[i];
    if (source->kind == TARS_SOURCE_EVERY && source->every.period < shortest_us) shortest_us = source->every.period;
  }
  shortest_us *= TARS_LIMIT_DEADLINE_PERIODS;
  return shortest_us < UINT32_MAX ? (uint32_t)shortest_us : UINT32_MAX;
}
