/* An owner for tests in C: keys, root documents, apps and signed bundles, commands and beacons, made here so that a
 * test can sign whatever it needs. Every byte is the same in every run. */
#ifndef TARS_SIM_MAKER_H
#define TARS_SIM_MAKER_H

#include "tars_bundle_verify.h"
#include "tars_fleet.h"

#define MAKER_OWNER "robots.example"

/* A key pair. */
typedef struct {
  uint8_t secret[64], public_key[32];
  uint8_t roles; /* bit 1 << TARS_ROLE_… */
} maker_key;

/* Bytes that were made. */
typedef struct {
  uint32_t size;
  uint8_t bytes[2 * TARS_LIMIT_BUNDLE];
} maker_bytes;

/* The key that a number makes. */
maker_key maker_key_make(uint8_t number, uint8_t roles);

/* A root document: thresholds are 1 for each role that a key has. Signed by `signers`, NULL-terminated. */
typedef struct {
  uint32_t version, sequence;
  uint16_t epoch;
  uint32_t time_s;   /* 0: none */
  uint8_t threshold; /* of role operator, 0: 1 */
  const maker_key *keys[TARS_LIMIT_KEYS];
  const maker_key *signers[TARS_LIMIT_KEYS];
} maker_root;
void maker_root_make(const maker_root *root, maker_bytes *out);

/* A module of exactly `size` bytes (at least 160): the manifest of a blink, and padding that `seed` makes. */
void maker_module(uint8_t seed, uint32_t size, uint8_t *out);
/* An app image of such modules, in order. */
typedef struct {
  uint8_t count;
  uint8_t seeds[TARS_LIMIT_MODULES];
  uint32_t sizes[TARS_LIMIT_MODULES];
} maker_app;
uint32_t maker_image(const maker_app *app, uint8_t *out, uint32_t capacity);

/* A bundle. */
typedef struct {
  uint16_t epoch;
  uint32_t number, health_ms;
  bool detached;
  const char *board_class; /* NULL: virtual */
  const uint8_t *image;
  uint32_t size;
  const maker_key *signers[TARS_LIMIT_KEYS];
} maker_bundle;
void maker_bundle_make(const maker_bundle *bundle, maker_bytes *out);

/* A document of `fleet` with the fields of `row`. */
void maker_document(uint8_t document, const void *row, const maker_key *const signers[], maker_bytes *out);
/* The owner's vendor id. */
void maker_vendor(uint8_t id[16]);

#endif
