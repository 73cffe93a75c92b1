/* Grants: what the modules of a bundle may use together, compared with what they ask for. A grant is
 * [stack, memory, instructions, calls, load, priority, [row, …]]; its rows are read again for each handle, so that
 * nothing is stored. */
#include "tars_bundle_verify.h"

#include <string.h> /* memcmp */

#include "tars_errors.h"
#include "tars_row.h"

enum { BUDGETS = TARS_GRANT_PRIORITY + 1 };

/* Reads the budgets and the head of the rows. Returns the number of rows or a negative error. */
static int read_budgets(tars_cbor_reader *in, uint32_t budget[BUDGETS]) {
  uint32_t count;
  if (tars_cbor_read_array(in, BUDGETS + 1, &count) || count != BUDGETS + 1) return -TARS_E_PROFILE;
  for (uint32_t i = 0; i < BUDGETS; i++)
    if (tars_cbor_read_uint(in, tars_grant_largest[i], &budget[i])) return -TARS_E_PROFILE;
  return tars_cbor_read_array(in, TARS_LIMIT_GRANT, &count) ? -TARS_E_PROFILE : (int)count;
}

/* Value of a row's field as a number: of one of the types that rules of grants compare as numbers. */
static tars_value number_of(const tars_field *field, const void *base) {
  const uint8_t *at = (const uint8_t *)base + field->offset;
  switch ((tars_type)field->type) {
  case TARS_TYPE_U8: return (tars_value){ .type = TARS_VALUE_INT, .i = *at };
  case TARS_TYPE_U32: return (tars_value){ .type = TARS_VALUE_INT, .i = *(const uint32_t *)(const void *)at };
  case TARS_TYPE_F32: return (tars_value){ .type = TARS_VALUE_FLOAT, .f = *(const float *)(const void *)at };
  case TARS_TYPE_BOOL:
  case TARS_TYPE_U16:
  case TARS_TYPE_I32:
  case TARS_TYPE_I64:
  case TARS_TYPE_TEXT:
  case TARS_TYPE_BYTES:
  case TARS_TYPE_VALUES:
  case TARS_TYPE_U32S:
  case TARS_TYPE_VALUE: break;
  }
  return *(const tars_value *)(const void *)at;
}

/* True if a field is NaN, which compares with nothing and so can't grant anything. */
static bool any_nan(const tars_row *row, const void *base) {
  for (uint8_t i = 0; i < row->count; i++) {
    if (row->fields[i].type == TARS_TYPE_TEXT) continue;
    tars_value value = number_of(&row->fields[i], base);
    if (value.type == TARS_VALUE_FLOAT && value.f != value.f) return true;
  }
  return false;
}

/* Reads one row. */
static bool read_row(tars_cbor_reader *in, tars_use *row) {
  uint32_t count, kind;
  if (tars_cbor_read_array(in, TARS_LIMIT_FIELDS, &count) || !count || tars_cbor_read_uint(in, UINT8_MAX, &kind))
    return false;
  const tars_grant *grant = tars_grant_of(kind);
  if (!grant || tars_row_decode(in, &grant->row, count - 1, row) || any_nan(&grant->row, row)) return false;
  row->kind = (uint8_t)kind;
  return true;
}

bool tars_grant_valid(tars_bytes grant) {
  tars_cbor_reader in = { grant.bytes, grant.size, 0 };
  uint32_t budget[BUDGETS];
  tars_use row;
  int rows = read_budgets(&in, budget);
  for (int i = 0; i < rows; i++)
    if (!read_row(&in, &row)) return false;
  return rows >= 0 && tars_cbor_read_end(&in) == 0;
}

/* Compares an integer and a float by their exact values: -1, 0 or 1. */
static int compare_mixed(int64_t i, float f) {
  if (f >= 9223372036854775808.0f) return -1;
  if (f < -9223372036854775808.0f) return 1;
  int64_t whole = (int64_t)f;
  if (i != whole) return i < whole ? -1 : 1;
  float rest = f - (float)whole; /* exact: a float with a fraction is small */
  return rest > 0 ? -1 : rest < 0 ? 1 : 0;
}

/* Compares two numbers: -1, 0 or 1. */
static int compare(tars_value a, tars_value b) {
  if (a.type == TARS_VALUE_INT && b.type == TARS_VALUE_INT) return (a.i > b.i) - (a.i < b.i);
  if (a.type == TARS_VALUE_FLOAT && b.type == TARS_VALUE_FLOAT) return (a.f > b.f) - (a.f < b.f);
  return a.type == TARS_VALUE_INT ? compare_mixed(a.i, b.f) : -compare_mixed(b.i, a.f);
}

/* A rate of 0, granted or asked for, has no bound: less 1 it is the largest of all. */
static bool rate_covers(uint32_t granted, uint32_t asked) { return asked - 1 <= granted - 1; }

/* True if a number lies inside the granted one by the rule of its field. */
static bool number_covers(uint8_t rule, tars_value granted, tars_value asked) {
  switch ((tars_grant_rule)rule) {
  case TARS_RULE_MOST: return compare(asked, granted) <= 0;
  case TARS_RULE_LEAST: return compare(asked, granted) >= 0;
  case TARS_RULE_RATE: return rate_covers((uint32_t)granted.i, (uint32_t)asked.i);
  case TARS_RULE_EQUAL: break;
  }
  return compare(asked, granted) == 0;
}

/* True if two texts are equal. */
static bool same_text(const void *a, const void *b) {
  const tars_text *left = a, *right = b;
  return left->size == right->size && !memcmp(left->text, right->text, left->size);
}

/* True if a row covers a handle of the same kind in every field. */
static bool row_covers(const tars_use *row, const tars_use *use) {
  const tars_grant *grant = tars_grant_of(row->kind);
  for (uint8_t i = 0; i < grant->row.count; i++) {
    const tars_field *field = &grant->row.fields[i];
    bool inside = field->type == TARS_TYPE_TEXT
                      ? same_text((const uint8_t *)row + field->offset, (const uint8_t *)use + field->offset)
                      : number_covers(grant->rules[i], number_of(field, row), number_of(field, use));
    if (!inside) return false;
  }
  return true;
}

/* True if one of the rows covers a handle; `in` is at the first row. */
static bool use_covered(tars_cbor_reader in, int rows, const tars_use *use) {
  tars_use row;
  for (int i = 0; i < rows && read_row(&in, &row); i++)
    if (row.kind == use->kind && row_covers(&row, use)) return true;
  return false;
}

/* Finds the most that any reaction takes; 0 instructions mean no bound. */
static void worst_reaction(const tars_manifest *request, uint32_t *instructions, uint32_t *calls) {
  *instructions = 1;
  *calls = 0;
  for (uint32_t i = 2; i < request->bounds_count; i += 2) {
    const uint32_t *bound = &request->bounds[i];
    if (!rate_covers(*instructions, bound[0])) *instructions = bound[0];
    if (bound[1] > *calls) *calls = bound[1];
  }
}

/* The first budget that is exceeded, in words; NULL if none is. */
static const char *budget_exceeded(const uint32_t budget[BUDGETS], const tars_manifest *request) {
  uint32_t instructions, calls;
  worst_reaction(request, &instructions, &calls);
  if (request->bounds[0] > budget[TARS_GRANT_STACK]) return "so much stack";
  if (request->bounds[1] > budget[TARS_GRANT_MEMORY]) return "so much memory";
  if (!rate_covers(budget[TARS_GRANT_INSTRUCTIONS], instructions)) return "so many instructions";
  if (calls > budget[TARS_GRANT_CALLS]) return "so many host calls";
  if (!rate_covers(budget[TARS_GRANT_LOAD], tars_manifest_load(request))) return "such a load";
  return request->priority > budget[TARS_GRANT_PRIORITY] ? "such a priority" : NULL;
}

/* What people call a handle: its resource or topic, which is the first text of its row. */
static tars_text use_name(const tars_use *use) {
  const tars_row *row = &tars_grant_of(use->kind)->row;
  for (uint8_t i = 0; i < row->count; i++)
    if (row->fields[i].type == TARS_TYPE_TEXT)
      return *(const tars_text *)(const void *)((const uint8_t *)use + row->fields[i].offset);
  return (tars_text){ "a handle", 8 };
}

int tars_grant_check(tars_bytes grant, const tars_manifest *request, tars_detail detail) {
  tars_cbor_reader in = { grant.bytes, grant.size, 0 };
  uint32_t budget[BUDGETS];
  const tars_text *asker = &request->name;
  int rows = read_budgets(&in, budget);
  const char *exceeded = rows < 0 ? "anything" : budget_exceeded(budget, request);
  if (exceeded)
    return tars_detail_say(detail, -TARS_E_GRANT, "%s is not granted to %.*s", exceeded, asker->size, asker->text);
  for (uint32_t i = 0; i < request->uses_count; i++) {
    const tars_use *use = &request->uses[i];
    if (!tars_grant_of(use->kind) || use_covered(in, rows, use)) continue;
    tars_text name = use_name(use);
    return tars_detail_say(detail, -TARS_E_GRANT, "%.*s is not granted to %.*s as it asks for it", name.size, name.text,
                           asker->size, asker->text);
  }
  return 0;
}
