/* Rules of a manifest beyond its encoding that can be checked without the board. */
#include "tars_errors.h" /* TARS_E_MANIFEST */
#include "tars_kinds.h"
#include "tars_manifest_tables.h"

#include <string.h> /* memcmp, strchr */

/* Ids of calls ascend. */
static bool calls_ascend(const tars_manifest *m) {
  for (uint32_t i = 1; i < m->calls_count; i++) {
    if (m->calls[i - 1] >= m->calls[i]) return false;
  }
  return true;
}

/* Hashes of the state table are distinct: a swap could not tell equal ones apart. */
static bool hashes_differ(const tars_manifest *m) {
  for (uint32_t i = 0; i < tars_state_count(m); i++) {
    for (uint32_t j = 0; j < i; j++) {
      if (tars_state_hash(m, i) == tars_state_hash(m, j)) return false;
    }
  }
  return true;
}

/* Integers of a type hold what the type can, and floats are floats. */
bool tars_value_fits(uint8_t param_type, tars_value value) {
  static const struct {
    int64_t low, high;
  } ranges[] = {
    [TARS_PARAM_BOOL] = { 0, 1 },
    [TARS_PARAM_I32] = { INT32_MIN, INT32_MAX },
    [TARS_PARAM_U32] = { 0, UINT32_MAX },
    [TARS_PARAM_I64] = { INT64_MIN, INT64_MAX },
  };
  if (param_type == TARS_PARAM_F32) return value.type == TARS_VALUE_FLOAT;
  if (param_type > TARS_PARAM_F32 || value.type != TARS_VALUE_INT) return false;
  return value.i >= ranges[param_type].low && value.i <= ranges[param_type].high;
}

/* NaN compares false. */
bool tars_value_at_most(tars_value a, tars_value b) {
  if (a.type == TARS_VALUE_FLOAT && b.type == TARS_VALUE_FLOAT) return a.f <= b.f;
  return a.type == TARS_VALUE_INT && b.type == TARS_VALUE_INT && a.i <= b.i;
}

/* Stack and memory, then two numbers for source 0, each source and each timer. */
static bool bounds_complete(const tars_manifest *m) {
  return m->bounds_count == 2u + 2u * (1u + m->sources_count + m->timers);
}

/* A global is a number of 4 or 8 bytes; a checkpoint has 8 bytes for each variable. */
static bool state_fits(const tars_state_entry *entry) {
  bool number = entry->size == 4 || entry->size == 8;
  return tars_state_fits(entry) && (entry->flags & TARS_STATE_MEMORY || number) &&
         (!(entry->flags & TARS_STATE_RETAIN) || entry->size <= 8);
}

bool tars_text_is(tars_text text, const char *also) {
  for (uint32_t i = 0; i < text.size; i++) {
    char byte = text.text[i], letter = (char)(byte | 0x20);
    bool plain = (byte >= '0' && byte <= '9') || (letter >= 'a' && letter <= 'z');
    if (!plain && (byte == '\0' || strchr(also, byte) == NULL)) return false;
  }
  return true;
}

int tars_manifest_check(const tars_manifest *m) {
  bool ok = tars_text_is(m->name, TARS_NAME_BEHAVIOUR) && calls_ascend(m) && hashes_differ(m) && bounds_complete(m);
  for (uint32_t i = 0; ok && i < m->state_count; i++) ok = state_fits(&m->state[i]);
  for (uint32_t i = 0; ok && i < m->uses_count; i++) ok = tars_use_fits(m, &m->uses[i]);
  for (uint32_t i = 0; ok && i < m->sources_count; i++) ok = tars_source_fits(m, &m->sources[i]);
  return ok ? 0 : -TARS_E_MANIFEST;
}

bool tars_manifest_calls(const tars_manifest *m, uint16_t id) {
  uint32_t low = 0, high = m->calls_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (m->calls[middle] == id) return true;
    if (m->calls[middle] < id)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

/* True if two fields of one type hold the same. Identities are texts, integers of a byte and times. */
static bool field_same(const tars_field *field, const uint8_t *a, const uint8_t *b) {
  a += field->offset;
  b += field->offset;
  if (field->type == TARS_TYPE_TEXT) {
    const tars_text *one = (const void *)a, *other = (const void *)b;
    return one->size == other->size && memcmp(one->text, other->text, one->size) == 0;
  }
  return memcmp(a, b, field->type == TARS_TYPE_I64 ? sizeof(int64_t) : sizeof(uint8_t)) == 0;
}

/* True if two rows agree in the fields of the mask. */
static bool row_same(const tars_row *row, uint8_t mask, const void *a, const void *b) {
  for (uint8_t i = 0; i < row->count; i++) {
    if (mask >> i & 1 && !field_same(&row->fields[i], a, b)) return false;
  }
  return true;
}

/* Rows of the decoder's table are in the order of the kinds, which count from 1. */
bool tars_use_same(const tars_use *a, const tars_use *b) {
  return a->kind == b->kind && row_same(&tars_manifest_kinds[a->kind - 1], tars_kind_rows[a->kind].identity, a, b);
}

/* Rows of sources are in the order of their kinds, which count from 0. */
bool tars_source_same(const tars_source *a, const tars_source *b) {
  return a->kind == b->kind && row_same(&tars_manifest_sources[a->kind], tars_source_rows[a->kind].identity, a, b);
}
