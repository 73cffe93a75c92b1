/* Pins: an output has the level it was given, an input the level that drives it, else that of its pull. */
#include "tars_sim.h"
#include "tars.h"        /* tars_event_edge */
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* the interface implemented here */
#include "tars_os.h"     /* time */

enum { DRIVE_NONE, DRIVE_LOW, DRIVE_HIGH };
enum { LEVEL_FLOAT = 2 }; /* contract, pin.set */
enum { PULL_NONE, PULL_UP, PULL_DOWN };

typedef struct {
  bool output, input, written, level;
  uint8_t pull;
  uint32_t edges;
} pin_state;

static pin_state pins[TARS_SIM_RESOURCES];

/* Level from what drives the pin now. */
static bool pin_level(uint16_t resource) {
  const pin_state *pin = &pins[resource];
  if (pin->output) return pin->written;
  if (tars_world.drive[resource] != DRIVE_NONE) return tars_world.drive[resource] == DRIVE_HIGH;
  return pin->pull == PULL_UP;
}

/* Follows the level and counts a change; true if it changed. */
static bool pin_update(uint16_t resource) {
  pin_state *pin = &pins[resource];
  bool level = pin_level(resource);
  if (level == pin->level) return false;
  pin->level = level;
  pin->edges++;
  return true;
}

/* Power on: pins that something drives from outside begin at its level, without an edge. */
void tars_sim_gpio_start(void) {
  for (uint16_t i = 0; i < TARS_SIM_RESOURCES; i++) pins[i].level = pin_level(i);
}

/* Gives a pin a new configuration. */
static void pin_configure(uint16_t resource, pin_state next) {
  tars_sim_lock();
  pin_state *pin = &pins[resource];
  next.level = pin->level;
  next.edges = pin->edges;
  *pin = next;
  bool changed = pin_update(resource), level = pin->level;
  tars_sim_unlock();
  if (changed) tars_watch_edge(resource, level);
}

/* True for a resource that is a pin. */
static bool is_pin(uint16_t resource) {
  return resource < tars_board_resource_count && tars_board_resources[resource].type == TARS_RESOURCE_GPIO;
}

/* Makes a pin an output. */
int tars_gpio_output(uint16_t resource, bool level) {
  if (!is_pin(resource)) return -TARS_E_UNKNOWN;
  pin_configure(resource, (pin_state){ .output = true, .written = level });
  return 0;
}

/* Makes a pin an input. */
int tars_gpio_input(uint16_t resource, int pull) {
  if (!is_pin(resource)) return -TARS_E_UNKNOWN;
  pin_configure(resource, (pin_state){ .input = true, .pull = (uint8_t)pull });
  return 0;
}

/* Sets an output. */
void tars_gpio_write(uint16_t resource, bool level) {
  if (is_pin(resource)) pin_configure(resource, (pin_state){ .output = true, .written = level });
}

/* Electrical level. */
bool tars_gpio_read(uint16_t resource) {
  if (!is_pin(resource)) return false;
  tars_sim_lock();
  bool level = pins[resource].level;
  tars_sim_unlock();
  return level;
}

/* Lets a pin float. */
void tars_gpio_release(uint16_t resource) {
  if (is_pin(resource)) pin_configure(resource, (pin_state){ 0 });
}

/* Bench: drives a pin from outside. A pin that is an output keeps its own level. */
int tars_sim_gpio_drive(tars_text name, uint8_t level) {
  int found = tars_sim_find(name, TARS_RESOURCE_GPIO);
  if (found < 0) return found;
  if (level > LEVEL_FLOAT) return -TARS_E_RANGE;
  uint16_t resource = (uint16_t)found;
  tars_sim_lock();
  tars_world.drive[resource] = level == LEVEL_FLOAT ? DRIVE_NONE : level ? DRIVE_HIGH : DRIVE_LOW;
  bool changed = pin_update(resource), is_high = pins[resource].level, input = pins[resource].input;
  tars_sim_unlock();
  if (!changed) return 0;
  tars_watch_edge(resource, is_high);
  if (input) tars_event_edge(resource, is_high, tars_os_now_us());
  return 0;
}

/* Bench: level and number of changes. */
int tars_sim_gpio_get(tars_text name, uint8_t *level, uint32_t *edges) {
  int resource = tars_sim_find(name, TARS_RESOURCE_GPIO);
  if (resource < 0) return resource;
  tars_sim_lock();
  *level = pins[resource].level;
  *edges = pins[resource].edges;
  tars_sim_unlock();
  return 0;
}
