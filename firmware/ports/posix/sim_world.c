/* What this port gives the simulation: its lock, its buses, and a place for the world while the process replaces
 * itself. */
#include "port.h"
#include "tars_sim.h"
#include "tars_hal.h" /* I2C */

#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Takes the simulation's lock; the worker isn't abandoned while it holds it. */
void tars_sim_lock(void) {
  tars_hold();
  pthread_mutex_lock(&mutex);
}

void tars_sim_unlock(void) {
  pthread_mutex_unlock(&mutex);
  tars_release();
}

bool tars_sim_i2c_is_simulated(uint16_t resource) {
  (void)resource;
  return true;
}

/* A simulated bus takes no time, whatever its speed. */
int tars_i2c_transfer(uint16_t resource, uint8_t address, uint32_t speed_khz, const uint8_t *tx, uint32_t tx_size,
                      uint8_t *rx, uint32_t rx_size) {
  (void)speed_khz;
  return tars_sim_i2c_transfer(resource, address, tx, tx_size, rx, rx_size);
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
