/* Requests of the bench: one function each, and their table. */
#include "tars_bench_port.h"
#include "tars_sim.h"
#include "tars_board.h"  /* name */
#include "tars_clock.h"  /* advance */
#include "tars_errors.h" /* codes of the contract */
#include "tars_os.h"     /* time */

#include <string.h>

/* Opens the bench. */
static int run_hello(const tars_bench_body *in, tars_bench_response *out) {
  (void)in;
  tars_bench_watch(false);
  out->hello.board = (tars_text){ tars_board_name, (uint16_t)strlen(tars_board_name) };
  out->hello.virtual = tars_clock_is_virtual();
  out->hello.time = tars_os_now_us();
  return 0;
}

/* Drives a pin. */
static int run_pin_set(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  return tars_sim_gpio_drive(in->pin_set.pin, in->pin_set.level);
}

/* Level of a pin. */
static int run_pin_get(const tars_bench_body *in, tars_bench_response *out) {
  return tars_sim_gpio_get(in->pin_get.pin, &out->pin_get.level, &out->pin_get.edges);
}

/* State of a PWM channel. */
static int run_pwm_get(const tars_bench_body *in, tars_bench_response *out) {
  tars_sim_pwm state;
  int err = tars_sim_pwm_get(in->pwm_get.pin, &state);
  if (!err)
    out->pwm_get = (tars_bench_pwm_get_response){ state.pulse_us, state.duty_pct, state.frequency_hz, state.writes };
  return err;
}

/* Sets a voltage. */
static int run_adc_set(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  return tars_sim_adc_set(in->adc_set.pin, in->adc_set.mv);
}

/* Attaches or detaches a device. */
static int run_i2c_device(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  return tars_sim_i2c_attach(in->i2c_device.bus, in->i2c_device.address, in->i2c_device.present);
}

/* Sets registers. */
static int run_i2c_set(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  return tars_sim_i2c_set(in->i2c_set.bus, in->i2c_set.address, in->i2c_set.reg, in->i2c_set.data);
}

static uint8_t data[256]; /* of the response being made; one bench, one thread */

/* Reads registers. */
static int run_i2c_get(const tars_bench_body *in, tars_bench_response *out) {
  out->i2c_get.data = (tars_bytes){ data, in->i2c_get.count };
  const tars_bench_i2c_get_request *get = &in->i2c_get;
  return tars_sim_i2c_get(get->bus, get->address, get->reg, get->count, data, &out->i2c_get.transfers);
}

/* Makes transfers fail. */
static int run_i2c_fault(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  return tars_sim_i2c_fault(in->i2c_fault.bus, in->i2c_fault.address, in->i2c_fault.error, in->i2c_fault.count);
}

/* Sets registers. */
static int run_spi_set(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  return tars_sim_spi_set(in->spi_set.bus, in->spi_set.select, in->spi_set.reg, in->spi_set.data);
}

/* Reads registers. */
static int run_spi_get(const tars_bench_body *in, tars_bench_response *out) {
  out->spi_get.data = (tars_bytes){ data, in->spi_get.count };
  return tars_sim_spi_get(in->spi_get.bus, in->spi_get.select, in->spi_get.reg, in->spi_get.count, data);
}

/* Bytes arrive. */
static int run_uart_send(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  return tars_sim_uart_send(in->uart_send.bus, in->uart_send.data);
}

/* Takes what was sent. */
static int run_uart_take(const tars_bench_body *in, tars_bench_response *out) {
  int count = tars_sim_uart_take(in->uart_take.bus, data);
  if (count < 0) return count;
  out->uart_take.data = (tars_bytes){ data, (uint32_t)count };
  return 0;
}

/* Runs the board on its virtual clock. */
static int run_advance(const tars_bench_body *in, tars_bench_response *out) {
  if (!tars_clock_is_virtual()) return -TARS_E_STATE;
  if (in->advance.us < 0) return -TARS_E_RANGE;
  int err = tars_clock_advance(in->advance.us, tars_bench_relieve);
  out->advance.time = tars_os_now_us();
  tars_trace_flush();
  return err;
}

/* Streams changes. */
static int run_watch(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  tars_bench_watch(in->watch.on);
  return 0;
}

/* Cuts the power after the response. */
static int run_power(const tars_bench_body *in, tars_bench_response *out) {
  (void)in;
  (void)out;
  tars_bench_power_want();
  return 0;
}

/* Makes flash operations fail. */
static int run_flash_fault(const tars_bench_body *in, tars_bench_response *out) {
  (void)out;
  uint8_t error = in->flash_fault.error;
  if (error != 0 && error != TARS_E_IO && error != TARS_E_NOSPACE) return -TARS_E_RANGE;
  tars_flash_fault(error, in->flash_fault.after);
  return 0;
}

/* Bytes arrive at the link's port. */
static int run_line_feed(const tars_bench_body *in, tars_bench_response *out) {
  return tars_bench_line_feed(in->line_feed.rate, in->line_feed.data, &out->line_feed);
}

static const struct {
  uint8_t id;
  int (*run)(const tars_bench_body *in, tars_bench_response *out);
} commands[] = {
  { TARS_BENCH_HELLO, run_hello },
  { TARS_BENCH_PIN_SET, run_pin_set },
  { TARS_BENCH_PIN_GET, run_pin_get },
  { TARS_BENCH_PWM_GET, run_pwm_get },
  { TARS_BENCH_ADC_SET, run_adc_set },
  { TARS_BENCH_I2C_DEVICE, run_i2c_device },
  { TARS_BENCH_I2C_SET, run_i2c_set },
  { TARS_BENCH_I2C_GET, run_i2c_get },
  { TARS_BENCH_I2C_FAULT, run_i2c_fault },
  { TARS_BENCH_SPI_SET, run_spi_set },
  { TARS_BENCH_SPI_GET, run_spi_get },
  { TARS_BENCH_UART_SEND, run_uart_send },
  { TARS_BENCH_UART_TAKE, run_uart_take },
  { TARS_BENCH_ADVANCE, run_advance },
  { TARS_BENCH_WATCH, run_watch },
  { TARS_BENCH_POWER, run_power },
  { TARS_BENCH_FLASH_FAULT, run_flash_fault },
  { TARS_BENCH_LINE_FEED, run_line_feed },
};

/* Finds the request and runs it. On the virtual clock the board comes to rest before, so that what is read is the
 * effect of all that came earlier, and after, so that whoever has the response has seen the effect. */
int tars_bench_run(tars_channel *channel, const tars_message *message, const void *body, void *response) {
  (void)channel;
  int err = -TARS_E_UNKNOWN;
  if (tars_clock_is_virtual() && message->id != TARS_BENCH_POWER) tars_clock_settle();
  for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++)
    if (commands[i].id == message->id) err = commands[i].run(body, response);
  if (tars_clock_is_virtual() && message->id != TARS_BENCH_POWER) tars_clock_settle();
  return err;
}
