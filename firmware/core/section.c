/* The section of a module that holds its manifest. */
#include "module.h"

#include "tars_errors.h"
#include "tars_module.h"
#include "wasm.h"

/* Looks at all sections: a second manifest is as wrong as none. */
int tars_module_manifest(const uint8_t *image, uint32_t size, tars_bytes *manifest, tars_detail detail) {
  wasm_reader in = wasm_open(image, size);
  wasm_section section;
  int found = 0;
  while (wasm_next(&in, &section)) {
    if (section.id != WASM_CUSTOM) continue;
    wasm_name name = wasm_text(&section.body);
    if (section.body.bad) return tars_detail_say(detail, -TARS_E_MODULE, "a custom section has no name");
    if (!wasm_name_is(name, TARS_SECTION)) continue;
    *manifest = (tars_bytes){section.body.at, (uint32_t)(section.body.end - section.body.at)};
    found++;
  }
  if (in.bad) return tars_detail_say(detail, -TARS_E_MODULE, "not a WebAssembly module, or cut short");
  if (found != 1) return tars_detail_say(detail, -TARS_E_MANIFEST, "%d manifests instead of one", found);
  if (manifest->size > TARS_LIMIT_MANIFEST) return tars_detail_say(detail, -TARS_E_MANIFEST, "manifest of %u bytes, at most %d", (unsigned)manifest->size, TARS_LIMIT_MANIFEST);
  return 0;
}

/* For those above the core, who tell no reasons. */
int tars_module_section(const uint8_t *image, uint32_t size, tars_bytes *manifest) {
  return tars_module_manifest(image, size, manifest, (tars_detail){NULL, 0});
}
