/* Schemas of messages: `name:type unit,...`. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "tars.h"

typedef enum {
  SCHEMA_BOOL,
  SCHEMA_I8,
  SCHEMA_U8,
  SCHEMA_I16,
  SCHEMA_U16,
  SCHEMA_I32,
  SCHEMA_U32,
  SCHEMA_F32
} tars_schema_type;

/* Types of the fields in order; their number, or -manifest for a text that is no schema. At most TARS_LIMIT_FIELDS. */
int tars_schema_types(tars_text schema, uint8_t types[]);
/* The value that 32 bits stand for. */
tars_value tars_schema_value(tars_schema_type type, uint32_t bits);
/* The bits of a value; -invalid for a value of another kind, -range if it doesn't fit. */
int tars_schema_bits(tars_schema_type type, tars_value value, uint32_t *bits);

#endif
