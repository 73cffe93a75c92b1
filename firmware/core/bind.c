/* Binding finds the resources of a behaviour's handles on the board. It configures nothing: that happens when the
 * behaviour begins. */
#include "bind.h"

#include <string.h> /* strlen, memcmp */

#include "tars_board.h"
#include "tars_errors.h"
#include "tars_kinds.h"
#include "topic.h"

#define NO_RESOURCE UINT16_MAX

/* Index of the resource with this name and type in the board's table, or -unknown. */
static int find(tars_text name, uint8_t type) {
  for (uint16_t i = 0; i < tars_board_resource_count; i++) {
    const tars_resource *resource = &tars_board_resources[i];
    if (resource->type == type && strlen(resource->name) == name.size &&
        memcmp(resource->name, name.text, name.size) == 0)
      return i;
  }
  return -TARS_E_UNKNOWN;
}

/* Finds the resource in one of the places of a handle; NO_RESOURCE where its kind has none. */
static int bind_place(const tars_use *use, uint8_t place, uint16_t *resource, tars_detail detail) {
  const tars_text *name = tars_use_place(use, place);
  *resource = NO_RESOURCE;
  if (name == NULL) return 0;
  int found = find(*name, tars_kind_rows[use->kind].places[place].type);
  if (found < 0) return tars_detail_say(detail, found, "%.*s", name->size, name->text);
  *resource = (uint16_t)found;
  return 0;
}

/* Checks that the bus can be as fast as the handle asks for. */
static int check_clock(const tars_use *use, uint16_t resource, tars_detail detail) {
  uint32_t fastest = tars_board_resources[resource].max_khz, wanted = tars_use_clock(use);
  if (wanted <= fastest) return 0;
  const tars_text *name = tars_use_resource(use);
  return tars_detail_say(detail, -TARS_E_RANGE, "%.*s at %u kHz, at most %u", name->size, name->text, (unsigned)wanted,
                         (unsigned)fastest);
}

/* Resolves one handle. */
static int bind_one(tars_behaviour *b, uint8_t h, tars_detail detail) {
  const tars_use *use = &b->manifest.uses[h];
  tars_handle *handle = &b->handles[h];
  int err = bind_place(use, 0, &handle->resource, detail);
  if (!err && handle->resource != NO_RESOURCE) err = check_clock(use, handle->resource, detail);
  if (!err) err = bind_place(use, 1, &handle->select, detail);
  return err ? err : tars_topic_bind(b, h);
}

int tars_bind(tars_behaviour *b, tars_detail detail) {
  int err = 0;
  for (uint8_t h = 0; h < b->manifest.uses_count && !err; h++) err = bind_one(b, h, detail);
  return err;
}

/* True if a handle drives the pin or channel `resource`. */
static bool drives(const tars_behaviour *b, uint8_t h, uint16_t resource) {
  const tars_kind_row *row = &tars_kind_rows[b->manifest.uses[h].kind];
  return (b->handles[h].resource == resource && row->places[0].drives) ||
         (b->handles[h].select == resource && row->places[1].drives);
}

/* True if a handle uses the resource in any way. */
static bool touches(const tars_behaviour *b, uint8_t h, uint16_t resource) {
  return b->handles[h].resource == resource || b->handles[h].select == resource;
}

/* True if two handles are the same device of one bus. */
static bool same_device(const tars_use *a, const tars_use *b) {
  return tars_kind_rows[a->kind].exclusive && tars_use_same(a, b);
}

/* True if two handles can't be in one app. Within one behaviour a device may be named twice, an output may not: its
 * safe state would have two values. */
static bool collide(const tars_behaviour *a, uint8_t ha, const tars_behaviour *b, uint8_t hb) {
  if (same_device(&a->manifest.uses[ha], &b->manifest.uses[hb])) return a != b;
  uint16_t places[] = { a->handles[ha].resource, a->handles[ha].select };
  for (int i = 0; i < 2; i++)
    if (places[i] != NO_RESOURCE && drives(a, ha, places[i]) && touches(b, hb, places[i])) return true;
  return false;
}

/* True if two handles name one topic with different fields. */
static bool schemas_differ(const tars_behaviour *a, uint8_t ha, const tars_behaviour *b, uint8_t hb) {
  tars_text topic, one, other;
  if (!tars_topic_same(a, ha, b, hb)) return false;
  tars_topic_of(&a->manifest.uses[ha], &topic, &one);
  tars_topic_of(&b->manifest.uses[hb], &topic, &other);
  return !tars_text_equal(one, other);
}

/* Checks two handles against each other; 0 or -conflict. */
static int pair_check(const tars_behaviour *a, uint8_t ha, const tars_behaviour *b, uint8_t hb, tars_detail detail) {
  const tars_text *name = tars_use_resource(&a->manifest.uses[ha]);
  tars_text mine = a->manifest.name, theirs = b->manifest.name, topic, schema;
  if (schemas_differ(a, ha, b, hb) && tars_topic_of(&a->manifest.uses[ha], &topic, &schema))
    return tars_detail_say(detail, -TARS_E_CONFLICT, "fields of %.*s in %.*s and %.*s", topic.size, topic.text,
                           mine.size, mine.text, theirs.size, theirs.text);
  if (name != NULL && collide(a, ha, b, hb))
    return tars_detail_say(detail, -TARS_E_CONFLICT, "%.*s in %.*s and %.*s", name->size, name->text, mine.size,
                           mine.text, theirs.size, theirs.text);
  return 0;
}

/* Checks all handles of two behaviours, or of one with itself, against each other. */
static int behaviours_check(const tars_behaviour *a, const tars_behaviour *b, tars_detail detail) {
  for (uint8_t ha = 0; ha < a->manifest.uses_count; ha++) {
    for (uint8_t hb = 0; hb < b->manifest.uses_count; hb++) {
      int err = a == b && ha == hb ? 0 : pair_check(a, ha, b, hb, detail);
      if (err) return err;
    }
  }
  return 0;
}

int tars_bind_app(const tars_app *app, tars_detail detail) {
  for (uint8_t i = 0; i < app->count; i++) {
    for (uint8_t j = 0; j < app->count; j++) {
      tars_text name = app->behaviours[i]->manifest.name;
      if (i != j && tars_text_equal(name, app->behaviours[j]->manifest.name))
        return tars_detail_say(detail, -TARS_E_CONFLICT, "two behaviours named %.*s", name.size, name.text);
      int err = behaviours_check(app->behaviours[i], app->behaviours[j], detail);
      if (err) return err;
    }
  }
  return 0;
}
