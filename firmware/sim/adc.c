/* Analogue inputs: the voltage that the bench set. */
#include "tars_sim.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* the interface implemented here */

/* Millivolts at an input. */
int tars_adc_read_mv(uint16_t resource) {
  if (resource >= tars_board_resource_count || tars_board_resources[resource].type != TARS_RESOURCE_ADC)
    return -TARS_E_UNKNOWN;
  tars_sim_lock();
  int mv = tars_world.adc_mv[resource];
  tars_sim_unlock();
  return mv;
}

/* Bench: sets the voltage. */
int tars_sim_adc_set(tars_text pin, uint16_t mv) {
  int resource = tars_sim_find(pin, TARS_RESOURCE_ADC);
  if (resource < 0) return resource;
  tars_sim_lock();
  tars_world.adc_mv[resource] = mv;
  tars_sim_unlock();
  return 0;
}
