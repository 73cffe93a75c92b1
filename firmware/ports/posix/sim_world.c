/* The world around the simulated board, and the lock of the simulation. */
#include "port.h"
#include "sim.h"
#include "tars_errors.h" /* codes of the contract */

#include <pthread.h>
#include <string.h>
#include <unistd.h>

tars_sim_world tars_world;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Takes the simulation's lock; the worker isn't abandoned while it holds it. */
void tars_sim_lock(void) {
  tars_hold();
  pthread_mutex_lock(&mutex);
}

/* Gives it back. */
void tars_sim_unlock(void) {
  pthread_mutex_unlock(&mutex);
  tars_release();
}

/* Looks a resource up by name and type. */
int tars_sim_find(tars_text name, tars_resource_type type) {
  for (uint16_t i = 0; i < tars_board_resource_count && i < TARS_SIM_RESOURCES; i++) {
    const tars_resource *resource = &tars_board_resources[i];
    if (resource->type == type && strlen(resource->name) == name.size && memcmp(resource->name, name.text, name.size) == 0)
      return i;
  }
  return -TARS_E_UNKNOWN;
}

/* Keeps the world for the next process. */
void tars_sim_world_save(int fd) {
  tars_sim_lock();
  if (pwrite(fd, &tars_world, sizeof tars_world, 0) != (ssize_t)sizeof tars_world)
    tars_fail("cannot keep the state of the bench over a power cycle");
  tars_sim_unlock();
}

/* Takes over the world of the process before. */
void tars_sim_world_load(int fd) {
  if (pread(fd, &tars_world, sizeof tars_world, 0) != (ssize_t)sizeof tars_world)
    tars_fail("cannot restore the state of the bench after a power cycle");
}
