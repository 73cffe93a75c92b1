/* Outputs of a behaviour, whatever their kind: the rows of tars_kinds.h say what each kind does. */
#include "output.h"

#include "tars_kinds.h"

/* What the kind of a handle does; NULL if it is no output. */
static const tars_output_ops *ops_of(const tars_behaviour *b, uint8_t h) {
  return tars_output_rows[b->manifest.uses[h].kind];
}

/* Sets up an output at the level with which the behaviour starts. */
static void output_initial(tars_behaviour *b, uint8_t h) {
  ops_of(b, h)->first(b, h);
  ops_of(b, h)->apply(b, h);
}

void tars_output_begin(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (ops_of(b, h) != NULL) output_initial(b, h);
}

void tars_output_safe(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (ops_of(b, h) != NULL) ops_of(b, h)->safe(b, h);
}

/* Puts one output into its safe state, while its handle still remembers the level for a revert. */
static void output_rest(tars_behaviour *b, uint8_t h) {
  tars_handle kept = b->handles[h];
  ops_of(b, h)->safe(b, h);
  b->handles[h] = kept;
}

void tars_output_restore(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (ops_of(b, h) != NULL) ops_of(b, h)->apply(b, h);
}

/* Handle of the same kind on the same resource, -1 if there is none. */
static int same_output(const tars_behaviour *b, const tars_behaviour *of, uint8_t h) {
  for (uint8_t i = 0; i < b->manifest.uses_count; i++)
    if (tars_use_same(&b->manifest.uses[i], &of->manifest.uses[h])) return i;
  return -1;
}

void tars_output_rest(tars_behaviour *b, const tars_behaviour *next) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (ops_of(b, h) != NULL && (next == NULL || same_output(next, b, h) < 0)) output_rest(b, h);
}

void tars_output_adopt(tars_behaviour *b, const tars_behaviour *old) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    if (ops_of(b, h) == NULL) continue;
    int from = same_output(old, b, h);
    if (from < 0)
      output_initial(b, h);
    else
      ops_of(b, h)->adopt(b, h, old, (uint8_t)from);
  }
}
