/* Modules made byte by byte, so that a test says exactly what is in them, right or wrong. */
#ifndef MAKE_H
#define MAKE_H

#include "tars.h"
#include "tars_cbor.h"
#include "tars_manifest.h"

/* Instructions. Constants are given as signed LEB128 bytes; one byte holds -64 to 63. */
#define LOCAL_GET(i)  0x20, (i)
#define GLOBAL_GET(i) 0x23, (i)
#define GLOBAL_SET(i) 0x24, (i)
#define I32(n)        0x41, ((n)&0x7f)
#define I64(n)        0x42, ((n)&0x7f)
#define I32_MS(n)     0x41, (((n)&0x7f) | 0x80), (((n) >> 7) & 0x7f | 0x80), ((n) >> 14)
#define CALL(i)       0x10, (i)
#define ADD           0x6a
#define SUB           0x6b
#define EQ            0x46
#define EQZ           0x45
#define LOOP          0x03, 0x40
#define IF            0x04, 0x40
#define BR(n)         0x0c, (n)
#define BR_IF(n)      0x0d, (n)
#define RETURN        0x0f
#define UNREACHABLE   0x00
#define DROP          0x1a
#define END           0x0b

#define MAKE_SIZE 16384

typedef struct {
  uint8_t bytes[MAKE_SIZE];
  uint32_t size;
} make_bytes;

/* A module that is being made. Sections without contents are left out. */
typedef struct {
  const char *name;
  make_bytes types, imports, functions, tables, memories, globals, exports, start, code, data, extra;
  uint32_t type_count, import_count, function_count, global_count, export_count;
  bool no_entry, no_manifest;
  const char *entry_type; /* type of the entry, "(ii)" unless a test sets another */
  /* manifest */
  uint16_t calls[64];
  uint32_t call_count;
  make_bytes uses, sources, logs;
  uint32_t use_count, source_count, log_count, timers;
  tars_state_entry state[64];
  uint32_t state_count;
  uint32_t priority, restart_ms, restart_most, finish, stack, memory, abi, load, deadline;
  uint32_t instructions, host_calls; /* bounds of every entry */
  uint8_t digest[32];
  make_bytes image;
} make;

/* Begins a module; two made in turn live in storage of their own. */
void make_begin(make *m, const char *name);
/* Imports a call and declares it; returns its function index. */
uint32_t make_call(make *m, uint8_t id);
/* Imports a call without declaring it, or under another name. */
void make_import(make *m, const char *module, const char *field, const char *type, bool declare, uint8_t id);
/* Rows of the manifest; each returns its handle or source number. */
uint8_t make_gpio_out(make *m, const char *pin, uint8_t safe, uint8_t active);
uint8_t make_gpio_in(make *m, const char *pin, uint8_t pull, uint8_t active, uint32_t debounce_us);
uint8_t make_pulse(make *m, const char *channel, int32_t safe);
uint8_t make_duty(make *m, const char *channel, float safe);
uint8_t make_i2c(make *m, const char *bus, uint8_t address, uint32_t khz);
uint8_t make_uart(make *m, const char *port, uint32_t baud);
uint8_t make_publish(make *m, const char *topic, uint32_t rate, const char *schema);
uint8_t make_subscribe(make *m, const char *topic, const char *schema, uint8_t depth);
uint8_t make_param_i32(make *m, const char *name, uint8_t slot, int32_t min, int32_t max);
int make_every(make *m, int64_t period_us, uint8_t catchup);
int make_source(make *m, uint8_t kind, uint8_t handle, int events); /* the mask, where the kind has one */
void make_log(make *m, const char *text);
/* A mutable global; with a hash it is an entry of the state table. Returns its index. */
uint32_t make_global(make *m, int32_t value, uint32_t hash, bool retain);
/* One memory of so many pages; `memory`, its bytes in the manifest, are all of them until a test says less. */
void make_memory(make *m, uint8_t minimum, int maximum);
/* Exports a global under a name. */
void make_export_global(make *m, const char *name, uint32_t index);
/* The body of the entry, without its last `end`; `locals` i32 locals beside the two parameters. */
void make_body(make *m, uint8_t locals, const uint8_t *code, uint32_t size);
#define MAKE_BODY(m, ...) make_body(m, 0, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))
/* Puts the module together; what is returned can be staged. */
tars_module_source make_end(make *m);

#endif
