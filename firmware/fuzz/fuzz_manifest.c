/* Fuzzer of the manifest decoder. The input is a manifest. What is accepted must be what an encoder over the same
 * tables writes, keep the promises that the core relies on, and need no more memory than it says. */
#include "fuzz.h"
#include "mutate.h"
#include "tars_errors.h"
#include "tars_kinds.h"
#include "tars_manifest_tables.h"

/* Writes one row `[kind, ...fields]`. */
static void write_row(tars_cbor_writer *out, const tars_row *rows, uint8_t count, const uint8_t *item) {
  for (uint8_t i = 0; i < count; i++) {
    if (rows[i].kind != *item) continue;
    uint32_t items = tars_row_items(&rows[i], item);
    tars_cbor_write_array(out, items + 1);
    tars_cbor_write_uint(out, *item);
    FUZZ_ASSERT(tars_row_encode(out, rows[i].fields, items, item) == 0);
    return;
  }
  abort();
}

/* Writes one entry of the state table. */
static void write_state(tars_cbor_writer *out, const tars_state_entry *entry) {
  uint32_t items = tars_row_items(&tars_manifest_state, entry);
  tars_cbor_write_array(out, items);
  FUZZ_ASSERT(tars_row_encode(out, tars_manifest_state.fields, items, entry) == 0);
}

/* The number under a key; false if it holds something else. */
static bool number_of(const tars_key *key, const uint8_t *place, uint32_t *number) {
  switch (key->type) {
  case TARS_KEY_U8: *number = *place; return true;
  case TARS_KEY_U16: *number = *(const uint16_t *)(const void *)place; return true;
  case TARS_KEY_U32: *number = *(const uint32_t *)(const void *)place; return true;
  default: return false;
  }
}

/* Writes item `i` of a list. */
static void write_item(tars_cbor_writer *out, uint8_t type, const void *items, uint32_t i) {
  switch (type) {
  case TARS_KEY_KINDS:
    write_row(out, tars_manifest_kinds, tars_manifest_kind_count, &((const tars_use *)items)[i].kind);
    break;
  case TARS_KEY_SOURCES:
    write_row(out, tars_manifest_sources, tars_manifest_source_count, &((const tars_source *)items)[i].kind);
    break;
  case TARS_KEY_STATES: write_state(out, &((const tars_state_entry *)items)[i]); break;
  case TARS_KEY_TEXTS: tars_cbor_write_text(out, ((const tars_text *)items)[i]); break;
  case TARS_KEY_U16S: tars_cbor_write_uint(out, ((const uint16_t *)items)[i]); break;
  default: tars_cbor_write_uint(out, ((const uint32_t *)items)[i]);
  }
}

/* Whether a key has the value that leaving it out means. */
static bool left_out(const tars_key *key, const uint8_t *place, const void *items, uint32_t count) {
  const uint8_t *defaults = (const uint8_t *)&tars_manifest_defaults;
  const uint32_t *list;
  uint32_t number;
  if (!key->optional) return false;
  if (number_of(key, place, &number)) return number == 0;
  memcpy(&list, defaults + key->offset, sizeof list);
  return count == defaults[key->count_offset] && (count == 0 || !memcmp(items, list, count * sizeof *list));
}

/* Writes the keys of a manifest; returns how many. */
static uint32_t write_keys(tars_cbor_writer *out, const tars_manifest *m) {
  uint32_t pairs = 0;
  for (uint8_t i = 0; i < tars_manifest_key_count; i++) {
    const tars_key *key = &tars_manifest_keys[i];
    const uint8_t *place = (const uint8_t *)m + key->offset;
    uint32_t number = 0;
    bool is_number = number_of(key, place, &number), list = !is_number && key->type != TARS_KEY_TEXT;
    const void *items = NULL;
    uint32_t count = list ? ((const uint8_t *)m)[key->count_offset] : 0;
    if (list) memcpy(&items, place, sizeof items);
    if (left_out(key, place, items, count)) continue;
    pairs++;
    tars_cbor_write_uint(out, key->key);
    FUZZ_ASSERT(!is_number || number <= key->max);
    if (is_number)
      tars_cbor_write_uint(out, number);
    else if (key->type == TARS_KEY_TEXT)
      tars_cbor_write_text(out, m->name);
    else
      tars_cbor_write_array(out, count);
    for (uint32_t k = 0; k < count; k++) write_item(out, key->type, items, k);
  }
  return pairs;
}

/* Asserts that the encoder writes the same bytes. */
static void check_spelling(const tars_manifest *m, const uint8_t *bytes, uint32_t size) {
  static uint8_t body[TARS_LIMIT_MANIFEST], head[4];
  tars_cbor_writer out = { body, sizeof body, 0 }, first = { head, sizeof head, 0 };
  tars_cbor_write_map(&first, write_keys(&out, m));
  FUZZ_ASSERT(first.size + out.size == size);
  FUZZ_ASSERT(!memcmp(bytes, head, first.size) && !memcmp(bytes + first.size, body, out.size));
}

static bool kind_is(const tars_manifest *m, uint8_t handle, uint8_t kind) {
  return handle < m->uses_count && m->uses[handle].kind == kind;
}

/* Asserts what the core takes for granted, written a second time in other words. */
static void check_promises(const tars_manifest *m) {
  FUZZ_ASSERT(m->abi == TARS_LIMIT_ABI && m->name.size >= 1 && m->name.size <= TARS_LIMIT_NAME &&
              m->timers <= TARS_LIMIT_TIMERS);
  FUZZ_ASSERT(m->bounds_count >= 4 && m->restart_count == 2 && tars_state_count(m) <= TARS_LIMIT_STATE);
  for (uint32_t i = 0; i < m->calls_count; i++) FUZZ_ASSERT(tars_manifest_calls(m, m->calls[i]));
  FUZZ_ASSERT(m->load <= 1000 && m->finish <= 1);
  for (uint32_t i = 0; i < m->state_count; i++) {
    const tars_state_entry *entry = &m->state[i];
    FUZZ_ASSERT(entry->size >= 1 && !(entry->flags & ~(TARS_STATE_RETAIN | TARS_STATE_MEMORY)));
    FUZZ_ASSERT(entry->size <= 8 || entry->flags == TARS_STATE_MEMORY);
  }
  for (uint32_t i = 0; i < m->uses_count; i++) {
    const tars_use *use = &m->uses[i];
    const tars_text *resource = tars_use_resource(use);
    if (resource)
      FUZZ_ASSERT(resource->size >= 1 && resource->size <= TARS_LIMIT_NAME);
    else
      FUZZ_ASSERT(!tars_kind_rows[use->kind].exclusive && !tars_use_place(use, 1));
    if (use->kind == TARS_KIND_PARAM)
      FUZZ_ASSERT(use->param.slot < tars_state_count(m) && use->param.min.type == use->param.max.type);
    if (use->kind == TARS_KIND_PWM_DUTY)
      FUZZ_ASSERT(use->pwm_duty.max == use->pwm_duty.max && use->pwm_duty.safe == use->pwm_duty.safe);
    if (use->kind == TARS_KIND_TIMER) FUZZ_ASSERT(use->timer.timer < m->timers);
  }
  for (uint32_t i = 0; i < m->sources_count; i++) {
    const tars_source *source = &m->sources[i];
    if (source->kind == TARS_SOURCE_EVERY) FUZZ_ASSERT(source->every.period > 0);
    if (source->kind == TARS_SOURCE_EDGE) FUZZ_ASSERT(kind_is(m, source->edge.handle, TARS_KIND_GPIO_IN));
    if (source->kind == TARS_SOURCE_PULSE) FUZZ_ASSERT(kind_is(m, source->pulse.handle, TARS_KIND_PULSE_IN));
    if (source->kind == TARS_SOURCE_MESSAGE) FUZZ_ASSERT(kind_is(m, source->message.handle, TARS_KIND_SUBSCRIBE));
    if (source->kind == TARS_SOURCE_PARAM) FUZZ_ASSERT(kind_is(m, source->param.handle, TARS_KIND_PARAM));
    if (source->kind == TARS_SOURCE_UART) FUZZ_ASSERT(kind_is(m, source->uart.handle, TARS_KIND_UART));
  }
}

/* What a swap recognises: a row is the same as its own copy in other memory, both ways round, and only one of its kind.
 */
static void check_identity(const tars_manifest *m, const tars_manifest *copy) {
  for (uint32_t i = 0; i < m->uses_count; i++) {
    FUZZ_ASSERT(tars_use_same(&m->uses[i], &copy->uses[i]));
    for (uint32_t j = 0; j < i; j++) {
      bool same = tars_use_same(&m->uses[i], &copy->uses[j]);
      FUZZ_ASSERT(same == tars_use_same(&copy->uses[j], &m->uses[i]));
      FUZZ_ASSERT(!same || m->uses[i].kind == m->uses[j].kind);
    }
  }
  for (uint32_t i = 0; i < m->sources_count; i++) {
    FUZZ_ASSERT(tars_source_same(&m->sources[i], &copy->sources[i]));
    for (uint32_t j = 0; j < i; j++) {
      bool same = tars_source_same(&m->sources[i], &copy->sources[j]);
      FUZZ_ASSERT(same == tars_source_same(&copy->sources[j], &m->sources[i]));
      FUZZ_ASSERT(!same || m->sources[i].kind == m->sources[j].kind);
    }
  }
}

#ifdef TARS_CANARY
/* The planted bug: where an input reports releases only and the behaviour has a priority of 8 or more, the handles are
 * copied one byte too far. */
static void canary(const tars_manifest *m) {
  for (uint32_t i = 0; i < m->sources_count; i++) {
    if (m->sources[i].kind != TARS_SOURCE_EDGE || m->sources[i].edge.edges != 2) continue;
    if (m->priority < 8) continue;
    uint8_t *copy = fuzz_copy(m->uses, m->uses_count * sizeof *m->uses);
    copy[m->uses_count * sizeof *m->uses] = m->priority;
    fuzz_free(copy);
  }
}
#else
/* No planted bug. */
static void canary(const tars_manifest *m) { (void)m; }
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint64_t rows[TARS_MANIFEST_ROWS_MAX / 8];
  tars_manifest m, again;
  uint8_t *bytes = fuzz_copy(data, size);
  int err = tars_manifest_decode(bytes, (uint32_t)size, rows, sizeof rows, &m);
  FUZZ_ASSERT(err == 0 || err == -TARS_E_MANIFEST || err == -TARS_E_ABI);
  if (!err) {
    mutate_keep(data, size);
    check_spelling(&m, bytes, (uint32_t)size);
    check_promises(&m);
    canary(&m);
    void *exact = malloc(m.rows_size + 1);
    FUZZ_ASSERT(tars_manifest_decode(bytes, (uint32_t)size, exact, m.rows_size, &again) == 0);
    check_identity(&m, &again);
    if (m.rows_size)
      FUZZ_ASSERT(tars_manifest_decode(bytes, (uint32_t)size, exact, m.rows_size - 1, &again) == -TARS_E_NOMEM);
    FUZZ_ASSERT(tars_manifest_decode(bytes, (uint32_t)size, NULL, 0, &again) == 0 && again.rows_size == m.rows_size);
    free(exact);
  }
  fuzz_free(bytes);
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned int seed) {
  return mutate_input(data, size, capacity, seed, 0);
}
