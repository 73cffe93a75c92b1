/* A host call on its way from the engine to the dispatch. */
#include "core.h"
#include "tars_calls.h" /* dispatch */

int tars_engine_host_call(const tars_call_row *row, uint64_t *args) {
  return tars_dispatch(tars_core.running, row, args);
}
