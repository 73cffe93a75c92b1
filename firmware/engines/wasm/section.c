/* The section of a module that holds its manifest. Only heads of sections are looked at: the module may lie in
 * flash. */
#include "tars_module.h"

#include <string.h> /* memcpy */

#include "tars_calls.h" /* TARS_SECTION */
#include "tars_errors.h"
#include "tars_manifest.h"
#include "wasm.h"

/* Magic and version; most bytes of a section's head with the name of one that holds a manifest: id, size, length,
 * name. */
enum { START = 8, HEAD = 1 + 5 + 5 + sizeof TARS_SECTION - 1 };

/* A module, in memory or in flash, and how far it has been read. */
typedef struct {
  tars_read_fn read;
  void *context;
  uint32_t size, at;
} sections;

/* Skips a section. Returns 1 and the place of its contents if it is the section of the manifest, 0 if it is another
 * one, or a negative error. */
static int section_pass(sections *in, uint32_t *offset, uint32_t *bytes, tars_detail detail) {
  uint8_t head[HEAD];
  uint32_t part = in->size - in->at < HEAD ? in->size - in->at : HEAD, begin = in->at;
  int err = in->read(in->context, begin, head, part);
  if (err) return err;
  wasm_reader reader = { .at = head, .end = head + part };
  uint8_t id = wasm_byte(&reader);
  uint32_t length = wasm_u32(&reader), body = begin + (uint32_t)(reader.at - head);
  if (reader.bad || length > in->size - body)
    return tars_detail_say(detail, -TARS_E_MODULE, "not a WebAssembly module, or cut short");
  in->at = body + length;
  if (id != WASM_CUSTOM) return 0;
  if (length < (uint32_t)(reader.end - reader.at)) reader.end = reader.at + length;
  wasm_name name = { .size = wasm_u32(&reader) };
  name.text = (const char *)reader.at;
  uint32_t text = begin + (uint32_t)(reader.at - head);
  if (reader.bad || name.size > in->at - text)
    return tars_detail_say(detail, -TARS_E_MODULE, "a custom section has no name");
  if (!wasm_name_is(name, TARS_SECTION)) return 0;
  *offset = text + name.size;
  *bytes = in->at - *offset;
  return 1;
}

/* Looks at all sections, because a second manifest is an error too. */
static int find(sections *in, uint32_t *offset, uint32_t *bytes, tars_detail detail) {
  uint8_t start[START] = { 0 };
  int found = 0, code = in->size < START ? 0 : in->read(in->context, 0, start, START);
  if (code == 0 && wasm_open(start, START).bad)
    code = tars_detail_say(detail, -TARS_E_MODULE, "not a WebAssembly module, or cut short");
  for (in->at = START; code >= 0 && in->at<in->size; found += code> 0) code = section_pass(in, offset, bytes, detail);
  if (code < 0) return code;
  if (found != 1) return tars_detail_say(detail, -TARS_E_MANIFEST, "%d manifests instead of one", found);
  if (*bytes > TARS_LIMIT_MANIFEST)
    return tars_detail_say(detail, -TARS_E_MANIFEST, "manifest of %u bytes, at most %d", (unsigned)*bytes,
                           TARS_LIMIT_MANIFEST);
  return 0;
}

/* Reads a module in memory. */
static int memory_read(void *context, uint32_t offset, void *bytes, uint32_t size) {
  memcpy(bytes, (const uint8_t *)context + offset, size);
  return 0;
}

int tars_module_section(const uint8_t *image, uint32_t size, tars_bytes *manifest, tars_detail detail) {
  uint32_t offset = 0;
  sections in = { .read = memory_read, .context = (void *)(uintptr_t)image, .size = size };
  int err = find(&in, &offset, &manifest->size, detail);
  manifest->bytes = image + offset;
  return err;
}

int tars_module_find(tars_read_fn read, void *context, uint32_t size, uint32_t *offset, uint32_t *bytes) {
  sections in = { .read = read, .context = context, .size = size };
  return find(&in, offset, bytes, (tars_detail){ NULL, 0 });
}
