/* Parses schemas, and converts values to and from the 32 bits in which a message carries them. */
#include "schema.h"

#include <string.h> /* memcmp, memchr, memcpy between a float and its bits */

#include "tars_errors.h"
#include "tars_limits.h"

/* A type's name and the integers that it holds. */
static const struct {
  const char *name;
  int64_t low, high;
} types_known[] = {
  [SCHEMA_BOOL] = { "bool", 0, 1 },        [SCHEMA_I8] = { "i8", INT8_MIN, INT8_MAX },
  [SCHEMA_U8] = { "u8", 0, UINT8_MAX },    [SCHEMA_I16] = { "i16", INT16_MIN, INT16_MAX },
  [SCHEMA_U16] = { "u16", 0, UINT16_MAX }, [SCHEMA_I32] = { "i32", INT32_MIN, INT32_MAX },
  [SCHEMA_U32] = { "u32", 0, UINT32_MAX }, [SCHEMA_F32] = { "f32", 0, 0 },
};

/* The type with this name, or -manifest. */
static int type_of(const char *name, size_t size) {
  for (int t = 0; t < (int)(sizeof types_known / sizeof *types_known); t++)
    if (strlen(types_known[t].name) == size && memcmp(types_known[t].name, name, size) == 0) return t;
  return -TARS_E_MANIFEST;
}

/* Type of one field `name:type` or `name:type unit`. */
static int field_type(const char *field, size_t size) {
  const char *colon = memchr(field, ':', size);
  if (colon == NULL || colon == field) return -TARS_E_MANIFEST;
  const char *type = colon + 1;
  size_t rest = size - (size_t)(type - field);
  const char *space = memchr(type, ' ', rest);
  return type_of(type, space != NULL ? (size_t)(space - type) : rest);
}

int tars_schema_types(tars_text schema, uint8_t types[]) {
  int count = 0;
  const char *at = schema.text;
  size_t left = schema.size;
  while (left > 0) {
    const char *comma = memchr(at, ',', left);
    size_t size = comma != NULL ? (size_t)(comma - at) : left;
    int type = field_type(at, size);
    if (type < 0 || count == TARS_LIMIT_FIELDS) return -TARS_E_MANIFEST;
    types[count++] = (uint8_t)type;
    size_t used = comma != NULL ? size + 1 : size;
    if (comma != NULL && used == left) return -TARS_E_MANIFEST;
    at += used;
    left -= used;
  }
  return count;
}

tars_value tars_schema_value(tars_schema_type type, uint32_t bits) {
  tars_value value = { .type = TARS_VALUE_INT };
  if (type == SCHEMA_F32) {
    value.type = TARS_VALUE_FLOAT;
    memcpy(&value.f, &bits, sizeof value.f);
  } else {
    value.i = type == SCHEMA_U32 ? (int64_t)bits : (int64_t)(int32_t)bits;
  }
  return value;
}

int tars_schema_bits(tars_schema_type type, tars_value value, uint32_t *bits) {
  if (type == SCHEMA_F32) {
    float number = value.type == TARS_VALUE_FLOAT ? value.f : (float)value.i;
    memcpy(bits, &number, sizeof *bits);
    return 0;
  }
  if (value.type != TARS_VALUE_INT) return -TARS_E_INVALID;
  if (value.i < types_known[type].low || value.i > types_known[type].high) return -TARS_E_RANGE;
  *bits = (uint32_t)value.i;
  return 0;
}
