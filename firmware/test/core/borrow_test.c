/* An engine that borrows images: it gets one where it lies, and the arena holds no copy. */
#include "guest.h"
#include "rig.h"
#include "tars_errors.h"

#include <string.h>

static make a;

/* Fails: nobody may ask for the bytes of an image that is borrowed. */
static int source_refuse(void *context, uint32_t offset, void *bytes, uint32_t size) {
  (void)context, (void)offset, (void)bytes, (void)size;
  return -1;
}

/* Loads the module and returns what of its arena is in use. */
static uint32_t arena_used(tars_module_source source) {
  fake_boot();
  guest_begin(NULL, 0);
  CHECK_EQUAL(rig_install(&source, 1), 0);
  return rig_stats("blink").arena;
}

/* The same module, borrowed and copied. */
static void image_is_borrowed(void) {
  rig_toggler(&a, "blink", "LED", 1000);
  tars_module_source copied = make_end(&a), borrowed = copied;
  borrowed.bytes = a.image.bytes;
  borrowed.read = source_refuse;
  uint32_t with_copy = arena_used(copied);
  CHECK(guest_image(0) != a.image.bytes && memcmp(guest_image(0), a.image.bytes, a.image.size) == 0);
  uint32_t without = arena_used(borrowed);
  CHECK(guest_image(0) == a.image.bytes);
  CHECK(with_copy >= without + a.image.size);
}

/* What an image must keep is checked where it lies, too. */
static void image_is_checked(void) {
  rig_toggler(&a, "blink", "LED", 1000);
  tars_module_source source = make_end(&a);
  source.bytes = a.image.bytes;
  source.read = source_refuse;
  a.image.bytes[0] ^= 0xff;
  fake_boot();
  CHECK_EQUAL(rig_install(&source, 1), -TARS_E_MODULE);
}

int main(void) {
  image_is_borrowed();
  image_is_checked();
  return check_report("borrow");
}
