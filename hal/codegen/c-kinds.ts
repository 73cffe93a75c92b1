/**
 * `tars_kinds.h/.c` and `tars_kind_ops.c`: what kinds of handles and of event sources are, the checks of their fields,
 * and the tables of functions that the core implements for them.
 */
import { type Kind, names, type RowField, type SourceKind } from '../contract/index.js';
import { kinds, sources } from './contract.js';
import { banner, header, snake, upper } from './text.js';

const identifier = (kind: Kind): string => snake(kind.name);
const outputs = kinds.filter((kind) => kind.role === 'output');
const inputs = kinds.filter((kind) => kind.role === 'input');
/** Most resources of one handle: places of tars_handle. */
const PLACES = 2;

const ROWS = `/* What a kind of handle is. Offsets count in tars_use; 0: there is no such field. */
typedef struct {
  bool exclusive;   /* one behaviour of an app may have what it stands for */
  uint8_t clock;    /* offset of the clock, kHz */
  uint8_t identity; /* bit i: two handles that stand for the same thing agree in field i */
  struct {
    uint8_t name, type; /* offset of the text, and the tars_resource_type that it names */
    bool drives;        /* no other handle of the app may use it */
  } places[${PLACES}]; /* resources of the board */
} tars_kind_row;

/* What a kind of source is. Offsets count in tars_source; 0: there is no such field. */
typedef struct {
  uint8_t handle;
  uint8_t mask;     /* offset of the bits that say which events are wanted */
  uint8_t identity; /* bit i: two sources that mean the same events agree in field i, and their handles in what they stand for */
} tars_source_row;

/* By kind; row 0 of the handles is empty. */
extern const tars_kind_row tars_kind_rows[TARS_KINDS];
extern const tars_source_row tars_source_rows[TARS_SOURCES];
`;

const FUNCTIONS = `/* The name in one of the places; NULL if the kind has none there. */
static inline const tars_text *tars_use_place(const tars_use *use, uint8_t place) {
  uint8_t offset = tars_kind_rows[use->kind].places[place].name;
  return offset ? (const tars_text *)((const uint8_t *)use + offset) : NULL;
}
/* The name of the board's resource that a handle claims; NULL for timers, topics and parameters. */
static inline const tars_text *tars_use_resource(const tars_use *use) { return tars_use_place(use, 0); }
/* Clock of a bus that the handle asks for, kHz; 0 for others. */
static inline uint32_t tars_use_clock(const tars_use *use) {
  uint8_t offset = tars_kind_rows[use->kind].clock;
  return offset ? *(const uint32_t *)((const uint8_t *)use + offset) : 0;
}
/* Handle that a source listens to; 0xff for one without. */
static inline uint8_t tars_source_handle(const tars_source *source) {
  uint8_t offset = tars_source_rows[source->kind].handle;
  return offset ? ((const uint8_t *)source)[offset] : UINT8_MAX;
}
/* Bits of the events of the handle that a source wants. */
static inline uint8_t tars_source_mask(const tars_source *source) {
  uint8_t offset = tars_source_rows[source->kind].mask;
  return offset ? ((const uint8_t *)source)[offset] : UINT8_MAX;
}

/* Whether every field of a row holds what the contract says beyond its type, as far as it can be seen without the board. */
bool tars_use_fits(const tars_manifest *m, const tars_use *use);
bool tars_source_fits(const tars_manifest *m, const tars_source *source);
/* The shortest of the times in a row that a board has a floor for; UINT32_MAX if it says none that short. */
uint32_t tars_use_shortest(const tars_use *use);
uint32_t tars_source_shortest(const tars_source *source);
`;

/** What names of each kind that a board looks at are made of. */
const NAMES = Object.entries(names)
  .flatMap(([name, row]) => ('also' in row ? [`#define TARS_NAME_${upper(name)} "${row.also}"\n`] : []))
  .join('');

const CORE = `/* ---- what the core provides ---- */

/* Whether two handles stand for the same pin, device, topic or parameter; whether two sources of the same kind ask their
 * handles for the same events. */
bool tars_use_same(const tars_use *a, const tars_use *b);
bool tars_source_same(const tars_source *a, const tars_source *b);
/* Whether a value is of a type of parameters and in its range; whether of two such the first is not above the other. */
bool tars_value_fits(uint8_t param_type, tars_value value);
bool tars_value_at_most(tars_value a, tars_value b);
/* Whether a text is made of ASCII letters, digits and the characters of \`also\`, which are those of a kind of name. */
bool tars_text_is(tars_text text, const char *also);
${NAMES}`;

/** The text of `tars_kinds.h`. */
export function kindsHeader(): string {
  return header(
    'TARS_KINDS_H',
    'Kinds of handles and of event sources: their facts, the checks of their fields, and what the core does for them.',
    `#include <stddef.h> /* NULL */

#include "tars_manifest.h"

struct tars_behaviour;

${ROWS}
${FUNCTIONS}
${CORE}
/* What the core does with a kind of output; called by the worker, without the lock. The handle remembers what was written
 * last. */
typedef struct {
  void (*first)(struct tars_behaviour *b, uint8_t handle); /* remembers the level at the very start: safe, or off where safe holds */
  void (*apply)(struct tars_behaviour *b, uint8_t handle); /* configures the resource and sets what the handle remembers */
  void (*safe)(struct tars_behaviour *b, uint8_t handle);  /* the safe state, unless it holds */
  /* Takes over from the handle \`from\` of the version before, without a change of the level. */
  void (*adopt)(struct tars_behaviour *b, uint8_t handle, const struct tars_behaviour *old, uint8_t from);
} tars_output_ops;

extern const tars_output_ops ${outputs.map((kind) => `tars_output_${identifier(kind)}`).join(', ')};

/* What the core does with a kind of input; all but the first with the lock. The members from the second to the last but
 * one are for pins, whose level is in tars_handle and whose due time in the heap (due.h); NULL for an input that is no
 * pin. */
typedef struct {
  /* The port learns of it, without the lock: the behaviour begins, after \`before\`, the version before, unless that is NULL. */
  void (*setup)(struct tars_behaviour *b, uint8_t handle, const struct tars_behaviour *before);
  void (*change)(struct tars_behaviour *b, uint8_t handle, int64_t time_us); /* the pin has changed to \`in.raw\` */
  void (*pass)(struct tars_behaviour *b, uint8_t handle, int64_t time_us);   /* what it waits for is due */
  /* The behaviour goes on after it was frozen; \`changed\`: the level isn't the one before. */
  void (*back)(struct tars_behaviour *b, uint8_t handle, bool changed, int64_t now_us);
  /* Takes over from the handle \`from\` of the version before, on the same pin; true if no other one can suit it better. */
  bool (*adopt)(struct tars_behaviour *b, uint8_t handle, const struct tars_behaviour *old, uint8_t from);
  void (*after)(struct tars_behaviour *b, uint8_t handle); /* a reaction has ended, or the behaviour goes on; NULL: nothing */
} tars_input_ops;

extern const tars_input_ops ${inputs.map((kind) => `tars_input_${identifier(kind)}`).join(', ')};

/* By kind of handle; NULL where the kind is no output or no input. */
extern const tars_output_ops *const tars_output_rows[TARS_KINDS];
extern const tars_input_ops *const tars_input_rows[TARS_KINDS];
`,
  );
}

/** Offset of a field, as a C expression. */
const offset = (struct: string, member: string, field: string | undefined): string =>
  field === undefined ? '0' : `offsetof(${struct}, ${member}.${field})`;

const identityOf = (row: Pick<Kind, 'fields' | 'identity'>): number =>
  row.identity.reduce((mask, name) => {
    const index = row.fields.findIndex((field) => field.name === name);
    if (index < 0 || index > 7) throw new Error(`${name} can't be part of an identity`);
    return mask | (1 << index);
  }, 0);

function kindRow(kind: Kind, index: number): string {
  if (kind.id !== index + 1 || kind.id > 31)
    throw new Error(`${kind.name}: ids of kinds count from 1 without a gap, and are bits of 32 in the rows of calls`);
  const places = kind.fields.filter((field) => field.resource !== undefined);
  if (places.length > PLACES || (places[0] && places[0].name !== 'name'))
    throw new Error(`${kind.name}: at most ${PLACES} resources, the first of them \`name\``);
  const clock = kind.fields.find((field) => field.clock);
  const place = ({ name, resource, drives = false }: RowField): string =>
    `{${offset('tars_use', identifier(kind), name)}, TARS_RESOURCE_${upper(resource ?? '')}, ${drives}}`;
  return `  [TARS_KIND_${upper(kind.name)}] = {${kind.exclusive ?? false}, ${offset('tars_use', identifier(kind), clock?.name)},
    ${identityOf(kind)}, {${places.map(place).join(', ') || '{0, 0, false}'}}},\n`;
}

function sourceRow(source: SourceKind): string {
  const handle = source.fields.find((field) => field.kind !== undefined);
  const at = (field: string | undefined): string => offset('tars_source', source.name, field);
  return `  [TARS_SOURCE_${upper(source.name)}] = {${at(handle?.name)}, ${at(source.mask)}, ${identityOf(source)}},\n`;
}

/** C conditions that a field must meet; \`at\` is how C writes a field of the row. */
export function conditions(field: RowField, fields: readonly RowField[], at: (name: string) => string): string[] {
  const x = at(field.name);
  if (field.type === 'text')
    return [
      ...((field.min ?? 0) > 0 ? [`${x}.size >= ${field.min}`] : []),
      ...(field.form ? [`tars_text_is(${x}, TARS_NAME_${upper(field.form)})`] : []),
    ];
  const max = field.oneOf ? field.oneOf.length - 1 : field.max;
  const wide = (name: number | string): string => {
    if (typeof name === 'number') return String(name);
    return field.type === 'f32' ? at(name) : `(int64_t)${at(name)}`;
  };
  const inside = (low: number | string, high: number | string): string => {
    const self = wide(field.name);
    const others = Object.values(field.or ?? {}).map((value) => `${x} == ${value} || `);
    return `(${others.join('')}(${self} >= ${wide(low)} && ${self} <= ${wide(high)}))`;
  };
  const other = fields.find(({ name }) => name === field.atMost);
  const handle = field.kind === undefined ? [] : [`handle_is(m, ${x}, TARS_KIND_${upper(field.kind)})`];
  return [
    ...handle,
    ...(field.min !== undefined ? [`${x} >= ${field.min}`] : []),
    ...(field.above !== undefined ? [`${x} > ${field.above}`] : []),
    ...(max !== undefined ? [`${x} <= ${max}`] : []),
    ...(field.within ? [inside(...field.within)] : []),
    ...(field.inPeriodOf ? [`(uint64_t)${x} * ${at(field.inPeriodOf)} <= 1000000`] : []),
    ...(field.below ? [`${x} < ${field.below === 'timers' ? 'm->timers' : 'tars_state_count(m)'}`] : []),
    ...(field.typed ? [`tars_value_fits(${at(field.typed)}, ${x})`] : []),
    ...(other ? [other.typed ? `tars_value_at_most(${x}, ${at(other.name)})` : `${x} <= ${at(other.name)}`] : []),
  ];
}

/** The function for the shortest time of a row; 0 means that there is none. */
function shortest(
  struct: string,
  pointer: string,
  rows: readonly { readonly label: string; readonly member: string; readonly fields: readonly RowField[] }[],
): string {
  const cases = rows.flatMap(({ label, member, fields }) => {
    const times = fields.filter(({ floor }) => floor).map(({ name }) => `${pointer}->${member}.${name}`);
    return times.length > 0
      ? [`    case ${label}: return ${times.reduce((all, each) => `shorter(${all}, ${each})`, 'UINT32_MAX')};\n`]
      : [];
  });
  return `uint32_t tars_${pointer}_shortest(const ${struct} *${pointer}) {
  switch (${pointer}->kind) {
${cases.join('')}  }
  return UINT32_MAX;
}
`;
}

function fits(
  struct: string,
  pointer: string,
  rows: readonly { readonly label: string; readonly member: string; readonly fields: readonly RowField[] }[],
): string {
  const cases = rows.map(({ label, member, fields }) => {
    const all = fields.flatMap((field) => conditions(field, fields, (name) => `${pointer}->${member}.${name}`));
    return `    case ${label}: return ${all.join(' && ') || 'true'};\n`;
  });
  return `bool tars_${pointer}_fits(const tars_manifest *m, const ${struct} *${pointer}) {
  switch (${pointer}->kind) {
${cases.join('')}  }
  return false; /* no such kind: the decoder makes none */
}
`;
}

const useRows = kinds.map((kind) => ({
  label: `TARS_KIND_${upper(kind.name)}`,
  member: identifier(kind),
  fields: kind.fields as readonly RowField[],
}));
const sourceRows = sources.map((source) => ({
  label: `TARS_SOURCE_${upper(source.name)}`,
  member: source.name,
  fields: source.fields as readonly RowField[],
}));

/** The text of `tars_kinds.c`: rows and checks. */
export function kindsSource(): string {
  return `${banner()}#include "tars_kinds.h"

#include "tars_board.h" /* tars_resource_type */

const tars_kind_row tars_kind_rows[TARS_KINDS] = {
${kinds.map(kindRow).join('')}};

const tars_source_row tars_source_rows[TARS_SOURCES] = {
${sources.map(sourceRow).join('')}};

/* Handle \`handle\` exists and is of the given kind. */
static bool handle_is(const tars_manifest *m, uint8_t handle, uint8_t kind) {
  return handle < m->uses_count && m->uses[handle].kind == kind;
}

/* The fields of a handle. */
${fits('tars_use', 'use', useRows)}
/* The fields of a source. */
${fits('tars_source', 'source', sourceRows)}
/* The shorter of two times; 0 is none. */
static uint32_t shorter(uint32_t a, int64_t b) { return b != 0 && b < a ? (uint32_t)b : a; }

${shortest('tars_use', 'use', useRows)}
${shortest('tars_source', 'source', sourceRows)}`;
}

/** The text of `tars_kind_ops.c`: the tables of functions. */
export function kindOpsSource(): string {
  const row = (kind: Kind, name: string): string => `  [TARS_KIND_${upper(kind.name)}] = ${name},\n`;
  return `${banner()}#include "tars_kinds.h"

const tars_output_ops *const tars_output_rows[TARS_KINDS] = {
${outputs.map((kind) => row(kind, `&tars_output_${identifier(kind)}`)).join('')}};

const tars_input_ops *const tars_input_rows[TARS_KINDS] = {
${inputs.map((kind) => row(kind, `&tars_input_${identifier(kind)}`)).join('')}};
`;
}
