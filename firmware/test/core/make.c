/* Encoding modules and manifests. */
#include "make.h"

#include <string.h>

#include "check.h"
#include "tars_calls.h"
#include "tars_kinds.h"
#include "tars_sha256.h"

static void put(make_bytes *to, const void *bytes, size_t size) {
  CHECK(to->size + size <= MAKE_SIZE);
  memcpy(to->bytes + to->size, bytes, size);
  to->size += (uint32_t)size;
}

static void byte(make_bytes *to, uint8_t value) { put(to, &value, 1); }

/* Appends an unsigned LEB128. */
static void leb(make_bytes *to, uint32_t value) {
  do {
    uint8_t low = value & 0x7f;
    value >>= 7;
    byte(to, value ? low | 0x80 : low);
  } while (value);
}

/* Appends a signed LEB128. */
static void sleb(make_bytes *to, int32_t value) {
  for (;;) {
    uint8_t low = value & 0x7f;
    value >>= 7;
    if ((value == 0 && !(low & 0x40)) || (value == -1 && (low & 0x40))) {
      byte(to, low);
      return;
    }
    byte(to, low | 0x80);
  }
}

/* Appends a name. */
static void name(make_bytes *to, const char *text) {
  leb(to, (uint32_t)strlen(text));
  put(to, text, strlen(text));
}

/* Value type of a signature's letter. */
static uint8_t value_type(char letter) {
  return letter == 'i' ? 0x7f : letter == 'I' ? 0x7e : letter == 'f' ? 0x7d : 0x7c;
}

/* Appends a list of value types up to the end or a parenthesis. */
static void value_types(make_bytes *to, const char *letters) {
  size_t count = strcspn(letters, ")");
  leb(to, (uint32_t)count);
  for (size_t i = 0; i < count; i++) byte(to, value_type(letters[i]));
}

/* Adds a function type such as "(ii)i" and returns its index. */
static uint32_t type_add(make *m, const char *signature) {
  byte(&m->types, 0x60);
  value_types(&m->types, signature + 1);
  value_types(&m->types, strchr(signature, ')') + 1);
  return m->type_count++;
}

void make_begin(make *m, const char *text) {
  memset(m, 0, sizeof *m);
  m->name = text;
  m->restart_ms = 100;
  m->restart_most = 5;
  m->entry_type = "(ii)";
  m->abi = TARS_LIMIT_ABI;
}

void make_import(make *m, const char *module, const char *field, const char *type, bool declare, uint8_t id) {
  name(&m->imports, module);
  name(&m->imports, field);
  byte(&m->imports, 0);
  leb(&m->imports, type_add(m, type));
  m->import_count++;
  if (declare) m->calls[m->call_count++] = id;
}

/* Letter of the value type that carries a scalar. */
static char letter_of(int scalar) { return scalar == TARS_SCALAR_I64 ? 'I' : scalar == TARS_SCALAR_F32 ? 'f' : 'i'; }

uint32_t make_call(make *m, uint8_t id) {
  const tars_call_row *row = tars_call_find(id);
  char type[TARS_CALL_CELLS + 4] = "(", *at = type + 1;
  if (row->kinds || row->timer) *at++ = 'i';
  for (uint8_t i = 0; i < row->count; i++) *at++ = letter_of(row->params[i]);
  *at++ = ')';
  if (row->result != TARS_SCALAR_NONE) *at = letter_of(row->result);
  make_import(m, "t", row->field, type, true, id);
  return m->import_count - 1;
}

/* Begins to write CBOR at the end of some bytes; close() ends it. */
static tars_cbor_writer open(make_bytes *to) {
  return (tars_cbor_writer){ to->bytes + to->size, MAKE_SIZE - to->size, 0 };
}

static uint8_t close(make_bytes *to, tars_cbor_writer *out, uint32_t *count) {
  CHECK(tars_cbor_write_end(out) >= 0);
  to->size += out->size;
  return (uint8_t)(*count)++;
}

static void text(tars_cbor_writer *out, const char *value) {
  tars_cbor_write_text(out, (tars_text){ value, (uint16_t)strlen(value) });
}

/* Begins the row of a handle: kind and first field, of `count` items in all. */
static void head(tars_cbor_writer *out, uint32_t count, uint32_t kind, const char *value) {
  tars_cbor_write_array(out, count);
  tars_cbor_write_uint(out, kind);
  text(out, value);
}

uint8_t make_gpio_out(make *m, const char *pin, uint8_t safe, uint8_t active) {
  tars_cbor_writer out = open(&m->uses);
  head(&out, active ? 4 : safe ? 3 : 2, TARS_KIND_GPIO_OUT, pin);
  if (active || safe) tars_cbor_write_uint(&out, safe);
  if (active) tars_cbor_write_uint(&out, active);
  return close(&m->uses, &out, &m->use_count);
}

uint8_t make_gpio_in(make *m, const char *pin, uint8_t pull, uint8_t active, uint32_t debounce_us) {
  tars_cbor_writer out = open(&m->uses);
  int fields = debounce_us ? 3 : active ? 2 : pull ? 1 : 0;
  head(&out, (uint32_t)(2 + fields), TARS_KIND_GPIO_IN, pin);
  if (fields > 0) tars_cbor_write_uint(&out, pull);
  if (fields > 1) tars_cbor_write_uint(&out, active);
  if (fields > 2) tars_cbor_write_uint(&out, debounce_us);
  return close(&m->uses, &out, &m->use_count);
}

uint8_t make_pulse(make *m, const char *channel, int32_t safe) {
  tars_cbor_writer out = open(&m->uses);
  head(&out, 3, TARS_KIND_PWM_PULSE, channel);
  tars_cbor_write_int(&out, safe);
  return close(&m->uses, &out, &m->use_count);
}

uint8_t make_duty(make *m, const char *channel, float safe) {
  tars_cbor_writer out = open(&m->uses);
  head(&out, 3, TARS_KIND_PWM_DUTY, channel);
  tars_cbor_write_float(&out, safe);
  return close(&m->uses, &out, &m->use_count);
}

uint8_t make_i2c(make *m, const char *bus, uint8_t address, uint32_t khz) {
  tars_cbor_writer out = open(&m->uses);
  head(&out, khz == 100 ? 3 : 4, TARS_KIND_I2C, bus);
  tars_cbor_write_uint(&out, address);
  if (khz != 100) tars_cbor_write_uint(&out, khz);
  return close(&m->uses, &out, &m->use_count);
}

uint8_t make_uart(make *m, const char *port, uint32_t baud) {
  tars_cbor_writer out = open(&m->uses);
  head(&out, baud == 115200 ? 2 : 3, TARS_KIND_UART, port);
  if (baud != 115200) tars_cbor_write_uint(&out, baud);
  return close(&m->uses, &out, &m->use_count);
}

uint8_t make_publish(make *m, const char *topic, uint32_t rate, const char *schema) {
  tars_cbor_writer out = open(&m->uses);
  head(&out, 4, TARS_KIND_PUBLISH, topic);
  tars_cbor_write_uint(&out, rate);
  text(&out, schema);
  return close(&m->uses, &out, &m->use_count);
}

uint8_t make_subscribe(make *m, const char *topic, const char *schema, uint8_t depth) {
  tars_cbor_writer out = open(&m->uses);
  head(&out, depth ? 4 : 3, TARS_KIND_SUBSCRIBE, topic);
  text(&out, schema);
  if (depth) tars_cbor_write_uint(&out, depth);
  return close(&m->uses, &out, &m->use_count);
}

uint8_t make_param_i32(make *m, const char *param, uint8_t slot, int32_t min, int32_t max) {
  tars_cbor_writer out = open(&m->uses);
  head(&out, 6, TARS_KIND_PARAM, param);
  tars_cbor_write_uint(&out, slot);
  tars_cbor_write_uint(&out, TARS_PARAM_I32);
  tars_cbor_write_int(&out, min);
  tars_cbor_write_int(&out, max);
  return close(&m->uses, &out, &m->use_count);
}

int make_every(make *m, int64_t period_us, uint8_t catchup) {
  tars_cbor_writer out = open(&m->sources);
  tars_cbor_write_array(&out, catchup ? 3 : 2);
  tars_cbor_write_uint(&out, TARS_SOURCE_EVERY);
  tars_cbor_write_int(&out, period_us);
  if (catchup) tars_cbor_write_uint(&out, catchup);
  return close(&m->sources, &out, &m->source_count) + 1;
}

int make_source(make *m, uint8_t kind, uint8_t handle, int events) {
  tars_cbor_writer out = open(&m->sources);
  bool masked = tars_source_rows[kind].mask != 0;
  tars_cbor_write_array(&out, masked ? 3 : 2);
  tars_cbor_write_uint(&out, kind);
  tars_cbor_write_uint(&out, handle);
  if (masked) tars_cbor_write_uint(&out, (uint64_t)events);
  return close(&m->sources, &out, &m->source_count) + 1;
}

void make_log(make *m, const char *template) {
  tars_cbor_writer out = open(&m->logs);
  text(&out, template);
  close(&m->logs, &out, &m->log_count);
}

/* A key with a number, left out if it is the default. */
static void key_number(tars_cbor_writer *out, uint32_t key, uint32_t value) {
  if (value == 0) return;
  tars_cbor_write_uint(out, key);
  tars_cbor_write_uint(out, value);
}

/* A key with rows that are encoded already. */
static void key_rows(tars_cbor_writer *out, uint32_t key, uint32_t count, const make_bytes *rows) {
  if (count == 0) return;
  tars_cbor_write_uint(out, key);
  tars_cbor_write_array(out, count);
  for (uint32_t i = 0; i < rows->size; i++) out->bytes[out->size++] = rows->bytes[i];
}

/* A key with a list of numbers. */
static void key_list(tars_cbor_writer *out, uint32_t key, const uint32_t *list, uint32_t count) {
  if (count == 0) return;
  tars_cbor_write_uint(out, key);
  tars_cbor_write_array(out, count);
  for (uint32_t i = 0; i < count; i++) tars_cbor_write_uint(out, list[i]);
}

/* The state table. */
static void key_states(tars_cbor_writer *out, const make *m) {
  if (m->state_count == 0) return;
  tars_cbor_write_uint(out, 6);
  tars_cbor_write_array(out, m->state_count);
  for (uint32_t i = 0; i < m->state_count; i++) {
    const tars_state_entry *entry = &m->state[i];
    uint32_t fields = entry->size != 4 ? 4 : entry->flags ? 3 : 2;
    tars_cbor_write_array(out, fields);
    tars_cbor_write_uint(out, entry->hash);
    tars_cbor_write_uint(out, entry->place);
    if (fields > 2) tars_cbor_write_uint(out, entry->flags);
    if (fields > 3) tars_cbor_write_uint(out, entry->size);
  }
}

/* The manifest. Calls are sorted: they are declared in the order of imports. */
static void manifest(make *m, make_bytes *to) {
  tars_cbor_writer out = open(to);
  bool restarts = m->restart_ms != 100 || m->restart_most != 5;
  uint32_t keys = 3 + (m->call_count > 0) + (m->use_count > 0) + (m->source_count > 0) + (m->timers > 0) +
                  (m->state_count > 0) + (m->priority > 0) + restarts + (m->log_count > 0) + m->finish + (m->load > 0) +
                  (m->deadline > 0);
  uint32_t calls[64] = { 0 }, count = 0;
  for (uint16_t id = 0; id < 400; id++)
    for (uint32_t i = 0; i < m->call_count; i++)
      if (m->calls[i] == id && (count == 0 || calls[count - 1] != id)) calls[count++] = id;
  uint32_t bounds[98] = { m->stack, m->memory }, restart[] = { m->restart_ms, m->restart_most };
  for (uint32_t i = 2; i < 98; i++) bounds[i] = i % 2 ? m->host_calls : m->instructions;
  tars_cbor_write_map(&out, keys);
  tars_cbor_write_uint(&out, 0);
  tars_cbor_write_uint(&out, m->abi);
  tars_cbor_write_uint(&out, 1);
  text(&out, m->name);
  key_list(&out, 2, calls, count);
  key_rows(&out, 3, m->use_count, &m->uses);
  key_rows(&out, 4, m->source_count, &m->sources);
  key_number(&out, 5, m->timers);
  key_states(&out, m);
  key_list(&out, 7, bounds, 2 + 2 * (1 + m->source_count + m->timers));
  key_number(&out, 8, m->priority);
  if (restarts) key_list(&out, 9, restart, 2);
  key_rows(&out, 10, m->log_count, &m->logs);
  key_number(&out, 11, m->load);
  key_number(&out, 12, m->finish);
  key_number(&out, 13, m->deadline);
  CHECK(tars_cbor_write_end(&out) >= 0);
  to->size += out.size;
}

uint32_t make_global(make *m, int32_t value, uint32_t hash, bool retain) {
  byte(&m->globals, 0x7f);
  byte(&m->globals, 1);
  byte(&m->globals, 0x41);
  sleb(&m->globals, value);
  byte(&m->globals, END);
  if (hash != 0) {
    m->state[m->state_count++] =
        (tars_state_entry){ hash, m->global_count, retain ? TARS_STATE_RETAIN : 0, sizeof(int32_t) };
  }
  return m->global_count++;
}

void make_memory(make *m, uint8_t minimum, int maximum) {
  byte(&m->memories, 1);
  byte(&m->memories, maximum >= 0);
  byte(&m->memories, minimum), m->memory = minimum * (uint32_t)TARS_MEMORY_PAGE;
  if (maximum >= 0) byte(&m->memories, (uint8_t)maximum);
  name(&m->exports, "memory");
  byte(&m->exports, 2);
  byte(&m->exports, 0);
  m->export_count++;
}

void make_export_global(make *m, const char *text_, uint32_t index) {
  name(&m->exports, text_);
  byte(&m->exports, 3);
  leb(&m->exports, index);
  m->export_count++;
}

void make_body(make *m, uint8_t locals, const uint8_t *code, uint32_t size) {
  leb(&m->functions, type_add(m, m->entry_type));
  m->function_count++;
  leb(&m->code, size + (locals ? 4 : 2));
  byte(&m->code, locals ? 1 : 0);
  if (locals) {
    byte(&m->code, locals);
    byte(&m->code, 0x7f);
  }
  put(&m->code, code, size);
  byte(&m->code, END);
}

/* A section with a count in front of its rows, left out if it has none. */
static void section(make_bytes *to, uint8_t id, uint32_t count, const make_bytes *rows) {
  static make_bytes body;
  if (count == 0) return;
  body.size = 0;
  leb(&body, count);
  put(&body, rows->bytes, rows->size);
  byte(to, id);
  leb(to, body.size);
  put(to, body.bytes, body.size);
}

static void raw_section(make_bytes *to, uint8_t id, const make_bytes *body) {
  if (body->size == 0) return;
  byte(to, id);
  leb(to, body->size);
  put(to, body->bytes, body->size);
}

/* Reads the bytes of a module: tars_module_source.read. */
static int source_read(void *context, uint32_t offset, void *bytes, uint32_t size) {
  memcpy(bytes, ((const make *)context)->image.bytes + offset, size);
  return 0;
}

tars_module_source make_end(make *m) {
  static const uint8_t head[] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
  static make_bytes custom;
  put(&m->image, head, sizeof head);
  if (!m->no_entry) {
    name(&m->exports, "r");
    byte(&m->exports, 0);
    leb(&m->exports, m->import_count + m->function_count - 1);
    m->export_count++;
  }
  section(&m->image, 1, m->type_count, &m->types);
  section(&m->image, 2, m->import_count, &m->imports);
  section(&m->image, 3, m->function_count, &m->functions);
  raw_section(&m->image, 4, &m->tables);
  raw_section(&m->image, 5, &m->memories);
  section(&m->image, 6, m->global_count, &m->globals);
  section(&m->image, 7, m->export_count, &m->exports);
  raw_section(&m->image, 8, &m->start);
  section(&m->image, 10, m->function_count, &m->code);
  raw_section(&m->image, 11, &m->data);
  if (!m->no_manifest) {
    custom.size = 0;
    name(&custom, "t");
    manifest(m, &custom);
    raw_section(&m->image, 0, &custom);
  }
  put(&m->image, m->extra.bytes, m->extra.size);
  tars_module_source source = { .size = m->image.size, .read = source_read, .context = m };
  tars_sha256_of(m->image.bytes, m->image.size, m->digest);
  memcpy(source.digest, m->digest, sizeof source.digest);
  return source;
}
