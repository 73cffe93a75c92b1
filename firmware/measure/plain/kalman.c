/* examples/kalman in C. Its parameters are variables that another task may write; its estimate is left where another
 * task may read it whole. */
#include "plain.h"
#include "port.h" /* critical section */
#include "tars_hal.h"
#include "tars_sim.h" /* a thermometer on a simulated bus */

enum { ADDRESS = 0x48, SPEED_KHZ = 400 };

static volatile float q = 0.01f, r = 0.5f;
static float x, p = 1;
static uint16_t misses, bus;
static struct { float x, p; } estimate;

/* Plugs the thermometer in. */
void plain_start(void) {
  static const char name[] = "I2C2";
  tars_text text = { name, sizeof name - 1 };
  bus = (uint16_t)tars_sim_find(text, TARS_RESOURCE_I2C);
  tars_sim_i2c_attach(text, ADDRESS, true);
}

/* Tells the others. */
static void publish(void) {
  taskENTER_CRITICAL();
  estimate.x = x;
  estimate.p = p;
  taskEXIT_CRITICAL();
}

/* One measurement. */
void plain_react(void) {
  uint8_t reg = 0, bytes[2];
  if (tars_i2c_transfer(bus, ADDRESS, SPEED_KHZ, &reg, 1, bytes, sizeof bytes) < 0) {
    if (misses != UINT16_MAX) misses++;
    return;
  }
  int16_t raw = (int16_t)(bytes[0] << 8 | bytes[1]);
  p += q;
  float k = p / (p + r);
  x += k * ((float)raw * 0.0078125f - x);
  p *= 1 - k;
  publish();
}
