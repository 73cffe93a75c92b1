/* A port for tests: one thread, a clock that moves only when told, peripherals that remember. Worker and supervisor run
 * in turn and leave by longjmp where they would sleep; a reaction is abandoned after a number of host calls. */
#ifndef FAKE_PORT_H
#define FAKE_PORT_H

#include "tars.h"

#define FAKE_RESOURCES 64

typedef struct {
  bool level, driven, configured; /* driven: an output */
  int pull, edges;
  uint32_t frequency, pulse_us, writes;
  float duty_pct;
} fake_pin;

typedef struct {
  int64_t now_us, look_us; /* look_us: how much each look at the clock takes */
  int64_t call_us;         /* processor time that each host call takes */
  uint32_t entered;        /* most events that came in while the lock was held once */
  uint32_t held;           /* most steps of the core while the lock was held once; 0 where nobody counts them */
  bool sharing;            /* the supervisor takes turns with the worker */
  fake_pin pins[FAKE_RESOURCES];
  bool outside[FAKE_RESOURCES]; /* level that drives an input */
  uint8_t registers[256];       /* of the one I2C device, address 0x48 */
  int i2c_error;                /* of the next transfers, 0 none */
  uint16_t millivolts;
  uint32_t received;      /* bytes that wait at the one serial port */
  bool worker_first;      /* the worker wakes before the supervisor when both are called */
  uint32_t abandon_after; /* host calls in one reaction; 0 never */
  uint32_t host_calls;    /* of the running reaction */
  uint32_t abandoned;
  char trace[65536];
  /* what the hooks saw */
  uint32_t logs, messages, statuses, saves, trial_failures;
  char trial_reason[40];
  int64_t message_us[256];
  int64_t message_field[256]; /* first field, if it is an integer */
  uint8_t record[1024];
  uint32_t record_size;
  int64_t save_us;       /* what the store takes for one */
  uint8_t load_evidence; /* what the supervisor is to blame for while a checkpoint is read */
  int save_error;        /* what the store says; 0 takes it */
  uint8_t last_status, last_code;
  char blamed[TARS_LIMIT_NAME + 1]; /* for the failure of a trial */
  uint8_t blamed_code;
  int64_t poll_us;
  int64_t write_us;       /* what a write to a digital output takes */
  void (*on_write)(void); /* comes between when a digital output is written, as a task of a higher priority would */
} fake_state;

extern fake_state fake;

/* A fresh board: everything as after power-on. */
void fake_boot(void);
/* Lets both tasks run until neither has anything to do. */
void fake_settle(void);
/* Moves the clock, stopping at every deadline. */
void fake_advance(int64_t us);
/* Index of a resource of the board. */
uint16_t fake_resource(const char *name);
fake_pin *fake_pin_of(const char *name);
/* Drives an input. */
void fake_drive(const char *name, bool level);
/* Bytes come to the serial port, `lost` of which it can't hold. */
void fake_receive(const char *name, uint32_t count, uint32_t lost);
/* Runs `call` in the supervisor's context. */
void fake_supervise(void (*call)(void));
tars_text fake_text(const char *text);
/* True while the core's lock is held. */
bool fake_locked(void);
/* Number of times that a text occurs in the trace. */
int fake_traced(const char *text);

#endif
