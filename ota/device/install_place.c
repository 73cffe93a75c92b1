/* Where a module lies while its app is checked and staged. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */

#include <string.h>

install_place tars_place_of(const tars_app_record *app, int module) {
  return (install_place){ app->digests[module], tars_install.store ? NULL : tars_install.ram_at[module] };
}

/* Reads from RAM or from the store. */
int tars_place_read(void *context, uint32_t offset, void *bytes, uint32_t size) {
  const install_place *place = context;
  if (!place->ram) return tars_store_module_read(place->digest, offset, bytes, size);
  memcpy(bytes, place->ram + offset, size);
  return 0;
}

/* A module that was right when it was received may have become corrupt in flash since. It is removed then, so that
 * the next install asks for it again. */
int tars_place_verify(install_place *place, uint32_t size, tars_sha256 *image) {
  uint8_t bytes[256], digest[TARS_DIGEST];
  tars_sha256 sha;
  tars_sha256_begin(&sha);
  for (uint32_t at = 0; at < size; at += sizeof bytes) {
    uint32_t part = size - at < sizeof bytes ? size - at : sizeof bytes;
    int err = tars_place_read(place, at, bytes, part);
    if (err) return err;
    tars_sha256_add(&sha, bytes, part);
    if (image) tars_sha256_add(image, bytes, part);
  }
  tars_sha256_end(&sha, digest);
  if (memcmp(digest, place->digest, TARS_DIGEST) == 0) return 0;
  if (!place->ram) tars_store_module_remove(place->digest);
  return -TARS_E_CORRUPT;
}
