/* Readers of the binary format. */
#include "wasm.h"

#include <stddef.h> /* NULL */
#include <string.h> /* memcmp, strlen */

uint8_t wasm_byte(wasm_reader *in) {
  if (in->at == in->end) in->bad = true;
  return in->bad ? 0 : *in->at++;
}

/* At most five bytes are read, of which the last has at most 4 bits. */
uint32_t wasm_u32(wasm_reader *in) {
  uint32_t value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    uint8_t byte = wasm_byte(in);
    if (shift == 28 && byte > 0x0f) break;
    value |= (uint32_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return in->bad ? 0 : value;
  }
  in->bad = true;
  return 0;
}

/* At most ten bytes: 64 bits. */
void wasm_number(wasm_reader *in) {
  for (int i = 0; i < 10; i++)
    if (wasm_byte(in) < 0x80) return;
  in->bad = true;
}

void wasm_skip(wasm_reader *in, uint32_t size) {
  if (size > (uint64_t)(in->end - in->at)) in->bad = true;
  if (!in->bad) in->at += size;
}

wasm_name wasm_text(wasm_reader *in) {
  wasm_name name = { .size = wasm_u32(in) };
  name.text = (const char *)in->at;
  wasm_skip(in, name.size);
  return in->bad ? (wasm_name){ "", 0 } : name;
}

bool wasm_name_is(wasm_name name, const char *text) {
  return name.size == strlen(text) && memcmp(name.text, text, name.size) == 0;
}

wasm_reader wasm_open(const uint8_t *image, uint32_t size) {
  static const uint8_t head[] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
  wasm_reader in = { .at = image, .end = image + size };
  if (size < sizeof head || memcmp(image, head, sizeof head) != 0)
    in.bad = true;
  else
    in.at += sizeof head;
  return in;
}

bool wasm_next(wasm_reader *in, wasm_section *section) {
  if (in->bad || in->at == in->end) return false;
  section->id = wasm_byte(in);
  uint32_t size = wasm_u32(in);
  section->body = (wasm_reader){ .at = in->at };
  wasm_skip(in, size);
  section->body.end = in->at;
  return !in->bad;
}

wasm_reader wasm_find(const uint8_t *image, uint32_t size, uint8_t id) {
  wasm_reader in = wasm_open(image, size);
  wasm_section section;
  while (wasm_next(&in, &section))
    if (section.id == id) return section.body;
  return (wasm_reader){ .at = image, .end = image, .bad = false };
}
