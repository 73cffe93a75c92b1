/* Keys of a root document, which envelopes and root documents both look up. */
#include "tars_root.h"

#include <string.h>

const tars_root_key *tars_root_find(const tars_root *root, const uint8_t kid[TARS_KID_SIZE]) {
  for (uint8_t i = 0; i < root->count; i++)
    if (!memcmp(root->keys[i].public_key, kid, TARS_KID_SIZE)) return &root->keys[i];
  return NULL;
}
