/* The world around the simulated board. */
#include "tars_sim.h"
#include "tars_errors.h" /* codes of the contract */

#include <string.h>

tars_sim_world tars_world;

/* Looks a resource up by name and type. */
int tars_sim_find(tars_text name, tars_resource_type type) {
  for (uint16_t i = 0; i < tars_board_resource_count && i < TARS_SIM_RESOURCES; i++) {
    const tars_resource *resource = &tars_board_resources[i];
    if (resource->type == type && strlen(resource->name) == name.size &&
        memcmp(resource->name, name.text, name.size) == 0)
      return i;
  }
  return -TARS_E_UNKNOWN;
}
