/* The core's own data, and what all its files ask of it. */
#include "core.h"

#include <string.h> /* memcmp, memcpy */

#include "tars_calls.h" /* tars_behaviour_manifest */

tars_core_data tars_core;

int64_t tars_time_after(int64_t time_us, int64_t span_us) {
  return span_us >= NEVER - time_us ? NEVER : time_us + span_us;
}

const tars_manifest *tars_behaviour_manifest(const struct tars_behaviour *b) { return &b->manifest; }

bool tars_text_equal(tars_text a, tars_text b) { return a.size == b.size && memcmp(a.text, b.text, a.size) == 0; }

/* An absent text has no address and stays as it is. */
void tars_text_keep(tars_text *text, char **words) {
  if (text->size > 0) memcpy(*words, text->text, text->size);
  text->text = *words;
  *words += text->size;
}

tars_behaviour *tars_app_named(const tars_app *app, tars_text name) {
  for (uint8_t i = 0; i < app->count; i++)
    if (tars_text_equal(app->behaviours[i]->manifest.name, name)) return app->behaviours[i];
  return NULL;
}

bool tars_app_holds(const tars_app *app, const tars_behaviour *b) {
  for (uint8_t i = 0; i < app->count; i++)
    if (app->behaviours[i] == b) return true;
  return false;
}
