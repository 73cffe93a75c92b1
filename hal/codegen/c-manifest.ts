/**
 * `tars_manifest.h/.c`: structs of handle and source rows, the decoded manifest, and the tables that its decoder reads.
 */
import type { Kind } from '../contract/index.js';
import {
  lifecycle,
  manifest,
  MEMORY_PAGE,
  MEMORY_UNIT,
  paramTypes,
  SECTION,
  stateFields,
  stateFlags,
} from '../contract/index.js';
import { fieldTable, rowOf, struct } from './c-fields.js';
import { conditions } from './c-kinds.js';
import { kinds, sources } from './contract.js';
import { banner, header, snake, upper } from './text.js';

type Key = (typeof manifest)[number];
type KeyType = Key['type'];

/** What a key becomes in the struct: a scalar, a text, or a pointer with a count. */
const elements: Record<KeyType, string> = {
  u8: 'uint8_t',
  u16: 'uint16_t',
  u32: 'uint32_t',
  text: 'tars_text',
  u16s: 'uint16_t',
  u32s: 'uint32_t',
  texts: 'tars_text',
  kinds: 'tars_use',
  sources: 'tars_source',
  states: 'tars_state_entry',
};

/** Largest number of a type. */
const largest: Readonly<Partial<Record<KeyType, number>>> = { u8: 0xff, u16: 0xffff, u32: 0xffffffff };
const isList = (key: Key): boolean => key.type !== 'text' && !(key.type in largest);

/** Order of members: small ones first, so that few bytes are lost between them. */
const widthOf = (key: Key): number => ({ u8: 0, u16: 1, u32: 2 })[key.type as 'u8'] ?? 3;

function member(key: Key): string {
  const type = elements[key.type];
  const max = 'max' in key && isList(key) ? `, at most ${key.max}` : '';
  const line = isList(key)
    ? `  const ${type} *${key.name}; /* ${key.doc}${max} */\n`
    : `  ${type} ${key.name}; /* ${key.doc} */\n`;
  return line;
}

/** Entries of the state table, and what is asked of one. */
const stateTypes = (): string => `/* Flags of an entry of the state table. */
enum {
${Object.entries(stateFlags)
  .map(([name, bit]) => `  TARS_STATE_${upper(name)} = ${bit},\n`)
  .join('')}};

/* An entry of the state table: a variable of the guest. */
${struct('tars_state_entry', stateFields)}`;

function rowStructs(prefix: string, rows: readonly Pick<Kind, 'fields' | 'doc'>[], names: readonly string[]): string {
  return rows.map((row, i) => `/* ${row.doc} */\n${struct(`tars_${prefix}_${names[i]}`, row.fields)}`).join('\n');
}

/** Bytes that the rows of any valid manifest fit into, as a C expression: each list at its limit. */
function rowsMax(): string {
  const lists = manifest.filter(isList).map((key) => `${'max' in key ? key.max : 0} * sizeof(${elements[key.type]})`);
  return lists.join(' + ');
}

/** Words and rows: enumerations, a struct for each kind of handle and source, and the unions over them. */
function rowTypes(): string {
  const kindNames = kinds.map((kind) => snake(kind.name));
  const sourceNames = sources.map((source) => source.name);
  return `/* Name of the custom section and of the module of every import. */
#define TARS_SECTION "${SECTION}"
/* Bytes of a page of linear memory, and what the manifest's bytes of memory are a multiple of. */
#define TARS_MEMORY_PAGE ${MEMORY_PAGE}
#define TARS_MEMORY_UNIT ${MEMORY_UNIT}

/* Argument of source 0. */
enum {
${Object.entries(lifecycle)
  .map(([name, value]) => `  TARS_LIFECYCLE_${upper(name)} = ${value},\n`)
  .join('')}};

/* Types of parameters. */
enum {
${paramTypes.map((name, i) => `  TARS_PARAM_${upper(name)} = ${i},\n`).join('')}};

/* Kinds of handles, and one more than the highest. */
enum {
${kinds.map((kind) => `  TARS_KIND_${upper(kind.name)} = ${kind.id},\n`).join('')}  TARS_KINDS
};

${rowStructs('use', kinds, kindNames)}
/* A handle: \`kind\` says which member counts. */
typedef struct {
  uint8_t kind;
  union {
${kindNames.map((name) => `    tars_use_${name} ${name};\n`).join('')}  };
} tars_use;

/* Kinds of event sources, and how many. */
enum {
${sources.map((source) => `  TARS_SOURCE_${upper(source.name)} = ${source.id},\n`).join('')}  TARS_SOURCES
};

${rowStructs('source', sources, sourceNames)}
/* An event source: \`kind\` says which member counts. */
typedef struct {
  uint8_t kind;
  union {
${sourceNames.map((name) => `    tars_source_${name} ${name};\n`).join('')}  };
} tars_source;
`;
}

/** The text of `tars_manifest.h`. */
export function manifestHeader(): string {
  const counts = manifest
    .filter(isList)
    .map((key) => `${key.name}_count`)
    .join(', ');
  return header(
    'TARS_MANIFEST_H',
    'The manifest of a module, decoded.',
    `#include "tars_cbor.h"
#include "tars_limits.h"

${rowTypes()}
${stateTypes()}
/* Texts and lists point into the manifest's bytes and into the memory given to the decoder. Numbers of items are in the
 * \`*_count\` members. */
typedef struct {
  uint8_t ${counts};
${[...manifest]
  .sort((a, b) => widthOf(a) - widthOf(b))
  .map(member)
  .join('')}  uint32_t rows_size; /* bytes used of the memory given to the decoder */
} tars_manifest;

/* Bytes of memory that are enough for the rows of any manifest. */
#define TARS_MANIFEST_ROWS_MAX (${rowsMax()} + 8 * 8)

/* Decodes and checks a manifest (the bytes of section "${SECTION}"). \`bytes\` and \`rows\` must outlive it; \`rows\` is 8-aligned and
 * gets the lists, exactly as long as needed. 0, -manifest, -abi, or -nomem if \`rows\` is too small. \`rows\` NULL: nothing is
 * checked but the form, and \`rows_size\` says how much memory is needed; there are no lists. */
int tars_manifest_decode(const uint8_t *bytes, uint32_t size, void *rows, uint32_t rows_size, tars_manifest *out);
/* What can be checked without the board: handles of sources, parameter slots and ranges, lengths, order. 0 or -manifest.
 * The decoder calls it. */
int tars_manifest_check(const tars_manifest *manifest);

/* What follows from a manifest on this board (core/manifest_load.c): the load, permille; the deadline, microseconds,
 * UINT32_MAX if there is none. Both are computed where the manifest names none. */
uint16_t tars_manifest_load(const tars_manifest *manifest);
uint32_t tars_manifest_deadline(const tars_manifest *manifest);
/* Whether the call with this id is declared. */
bool tars_manifest_calls(const tars_manifest *manifest, uint16_t id);
/* Bytes of linear memory. */
static inline uint32_t tars_manifest_memory(const tars_manifest *m) { return m->bounds[1]; }
/* Entry \`i\` of the state table. */
static inline uint32_t tars_state_count(const tars_manifest *m) { return m->state_count; }
static inline uint32_t tars_state_hash(const tars_manifest *m, uint32_t i) { return m->state[i].hash; }
static inline bool tars_state_retain(const tars_manifest *m, uint32_t i) { return m->state[i].flags & TARS_STATE_RETAIN; }

/* Whether the fields of an entry hold what the contract says of each. */
bool tars_state_fits(const tars_state_entry *entry);
`,
  );
}

/** The text of `tars_manifest.c`: the tables of the decoder. */
export function manifestSource(): string {
  const useTables = kinds.map((kind) =>
    fieldTable(`use_${snake(kind.name)}`, 'tars_use', kind.fields, `${snake(kind.name)}.`),
  );
  const sourceTables = sources.map((source) =>
    fieldTable(`source_${source.name}`, 'tars_source', source.fields, `${source.name}.`),
  );
  return `${banner()}#include "tars_manifest_tables.h"

#include <stddef.h> /* offsetof */

${useTables.join('')}${sourceTables.join('')}
const tars_row tars_manifest_kinds[] = {
${kinds.map((kind) => `  ${rowOf(`use_${snake(kind.name)}`, kind.fields, `TARS_KIND_${upper(kind.name)}`)},\n`).join('')}};
const uint8_t tars_manifest_kind_count = ${kinds.length};

const tars_row tars_manifest_sources[] = {
${sources.map((source) => `  ${rowOf(`source_${source.name}`, source.fields, `TARS_SOURCE_${upper(source.name)}`)},\n`).join('')}};
const uint8_t tars_manifest_source_count = ${sources.length};

${fieldTable('state_entry', 'tars_state_entry', stateFields)}const tars_row tars_manifest_state = ${rowOf('state_entry', stateFields, '0')};

/* The columns of the contract's rows. */
bool tars_state_fits(const tars_state_entry *entry) {
  return ${stateFields.flatMap((field) => conditions(field, stateFields, (name) => `entry->${name}`)).join(' && ')};
}

const tars_key tars_manifest_keys[] = {
${manifest.map(keyRow).join('')}};
const uint8_t tars_manifest_key_count = ${manifest.length};

${defaults()}
`;
}

const nonEmptyDefault = (key: Key): readonly number[] =>
  'default' in key && Array.isArray(key.default) ? (key.default as readonly number[]) : [];

/** The manifest whose keys are all absent. Numbers are 0 then, and most lists empty. */
function defaults(): string {
  const lists = manifest.filter((key) => nonEmptyDefault(key).length > 0);
  if (manifest.some((key) => 'default' in key && !Array.isArray(key.default) && key.default !== 0))
    throw new Error('a default that is no list must be 0');
  return `${lists
    .map(
      (key) =>
        `static const ${elements[key.type]} ${key.name}_default[] = ` + `{${nonEmptyDefault(key).join(', ')}};\n`,
    )
    .join('')}
const tars_manifest tars_manifest_defaults = {${lists
    .map((key) => `.${key.name} = ${key.name}_default, ` + `.${key.name}_count = ${nonEmptyDefault(key).length}`)
    .join(', ')}};
`;
}

function keyRow(key: Key): string {
  const count = isList(key) ? `offsetof(tars_manifest, ${key.name}_count)` : '0';
  const max = 'max' in key ? key.max : (largest[key.type] ?? 0);
  const bounds = `${'min' in key ? key.min : 0}, ${max}${max > 0x7fffffff ? 'u' : ''}`;
  return (
    `  {${key.key}, TARS_KEY_${upper(key.type)}, ${'default' in key}, ${bounds}, ` +
    `offsetof(tars_manifest, ${key.name}), ${count}},\n`
  );
}

/** Private header of the decoder: the shape of the tables. Limits keep the counts in a byte. */
export function manifestTablesHeader(): string {
  for (const key of manifest)
    if (isList(key) && 'max' in key && key.max > 255) throw new Error(`${key.name}: count doesn't fit a byte`);
  const types = [...new Set(manifest.map((key) => key.type))];
  return header(
    'TARS_MANIFEST_TABLES_H',
    "Tables of the manifest's decoder; private to it.",
    `#include "tars_manifest.h"
#include "tars_row.h"

typedef enum { ${types.map((type) => `TARS_KEY_${upper(type)}`).join(', ')} } tars_key_type;

/* A key of the map: where its value and the count of a list lie in tars_manifest. */
typedef struct {
  uint8_t key, type;
  bool optional; /* absent it is what tars_manifest_defaults has */
  uint8_t min;   /* fewest bytes of a text, fewest items of a list */
  uint32_t max;  /* most bytes of a text, most items of a list, the largest number */
  uint8_t offset, count_offset;
} tars_key;

/* Rows of handles, sources and of the state table. Their fields lie in tars_use, tars_source and tars_state_entry. */
extern const tars_row tars_manifest_kinds[], tars_manifest_sources[];
extern const tars_row tars_manifest_state;
extern const uint8_t tars_manifest_kind_count, tars_manifest_source_count;
extern const tars_manifest tars_manifest_defaults;
extern const tars_key tars_manifest_keys[];
extern const uint8_t tars_manifest_key_count;
`,
  );
}
