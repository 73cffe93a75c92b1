/* The simulated peripherals: what the bench does to them, and the state that they share. Every port that lacks a real
 * peripheral of hal/include/tars_hal.h links the one of this folder instead.
 *
 * One lock guards all of it. It is never held while the core is called: order of locks is core, then simulation. */
#ifndef TARS_SIM_H
#define TARS_SIM_H

#include "tars_board.h" /* resource types */
#include "tars_cbor.h"  /* tars_bytes, tars_text */

#include <stdbool.h>
#include <stdint.h>

enum {
  TARS_SIM_RESOURCES = 64,
  TARS_SIM_I2C_DEVICES = 16,
  TARS_SIM_I2C_REGISTERS = 256,
  TARS_SIM_SPI_DEVICES = 8,
  TARS_SIM_SPI_REGISTERS = 128, /* bit 7 of the first byte says read */
  TARS_SIM_UART_BYTES = 256,
};

/* An I2C device with 8-bit registers; the register number counts up within a transfer. */
typedef struct {
  bool used, present;
  uint16_t bus;
  uint8_t address, pointer, fault;
  uint32_t fault_count, transfers;
  uint8_t registers[TARS_SIM_I2C_REGISTERS];
} tars_sim_i2c;

/* An SPI device with 8-bit registers. */
typedef struct {
  bool used;
  uint16_t bus, select;
  uint8_t registers[TARS_SIM_SPI_REGISTERS];
} tars_sim_spi;

/* What lies outside the board and therefore survives its power: levels that drive pins, voltages, devices. */
typedef struct {
  uint8_t drive[TARS_SIM_RESOURCES]; /* 0 floats, 1 low, 2 high */
  uint16_t adc_mv[TARS_SIM_RESOURCES];
  tars_sim_i2c i2c[TARS_SIM_I2C_DEVICES];
  tars_sim_spi spi[TARS_SIM_SPI_DEVICES];
} tars_sim_world;

extern tars_sim_world tars_world;

/* Index of a resource of this type by name, or -unknown. */
int tars_sim_find(tars_text name, tars_resource_type type);
/* Pins take the levels of the world. */
void tars_sim_gpio_start(void);

/* A transfer on a simulated bus, as tars_i2c_transfer(). */
int tars_sim_i2c_transfer(uint16_t resource, uint8_t address, const uint8_t *tx, uint32_t tx_size, uint8_t *rx,
                          uint32_t rx_size);

/* ---- NOR flash: its rules, over bytes that the port keeps (nor.c) ---- */

/* Flash operations fail with -error after `after` more have succeeded; error 0: never. */
void tars_flash_fault(uint8_t error, uint32_t after);

/* ---- from the bench; 0 or a negative error ---- */

int tars_sim_gpio_drive(tars_text pin, uint8_t level);
int tars_sim_gpio_get(tars_text pin, uint8_t *level, uint32_t *edges);
typedef struct {
  uint32_t pulse_us, frequency_hz, writes;
  float duty_pct;
} tars_sim_pwm;
int tars_sim_pwm_get(tars_text pin, tars_sim_pwm *state);
int tars_sim_adc_set(tars_text pin, uint16_t mv);
int tars_sim_i2c_attach(tars_text bus, uint8_t address, bool present);
int tars_sim_i2c_set(tars_text bus, uint8_t address, uint8_t reg, tars_bytes data);
int tars_sim_i2c_get(tars_text bus, uint8_t address, uint8_t reg, uint8_t count, uint8_t *data, uint32_t *transfers);
int tars_sim_i2c_fault(tars_text bus, uint8_t address, uint8_t error, uint32_t count);
int tars_sim_spi_set(tars_text bus, tars_text select, uint8_t reg, tars_bytes data);
int tars_sim_spi_get(tars_text bus, tars_text select, uint8_t reg, uint8_t count, uint8_t *data);
int tars_sim_uart_send(tars_text bus, tars_bytes data);
/* Takes at most TARS_SIM_UART_BYTES bytes that the board has sent; returns how many. */
int tars_sim_uart_take(tars_text bus, uint8_t *data);

/* ---- what the port provides ---- */

/* The simulation's lock; the worker isn't abandoned while it holds it. */
void tars_sim_lock(void);
void tars_sim_unlock(void);
/* A pin or a PWM channel changed; called without the simulation's lock. */
void tars_watch_edge(uint16_t resource, bool level);
void tars_watch_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct);
/* False if a bus leads to real wires: nothing can be attached there by the bench. */
bool tars_sim_i2c_is_simulated(uint16_t resource);
/* Bytes of the flash, in range; 0 or -io. */
int tars_nor_read(uint32_t offset, void *bytes, uint32_t size);
int tars_nor_write(uint32_t offset, const void *bytes, uint32_t size);
/* Fills a block with ones. */
int tars_nor_erase(uint32_t offset);

#endif
