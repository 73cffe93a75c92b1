/* What library.c says of the libraries of the machine that builds the firmware. */
#include "conformance.h"

#include <stdio.h>

void conformance_say(const char *text) { fputs(text, stdout); }

int main(void) {
  conformance_library();
  return 0;
}
