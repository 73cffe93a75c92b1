/* The firmware's decoders as a filter, for tests that compare them with the host's: a line of hexadecimal in, a line
 * out. `filter manifest`: 0, or the error that refuses the bytes. `filter frames`: what a stream holds (c console
 * bytes; f or r, id, sequence number, body), then the number of damaged frames. */
#include "dump.h"
#include "tars_frame.h"
#include "tars_manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1 << 16 };

static void filter_manifest(const uint8_t *bytes, uint32_t size, dump *out) {
  tars_manifest manifest;
  void *rows = malloc(TARS_MANIFEST_ROWS_MAX);
  dump_int(out, -(int64_t)tars_manifest_decode(bytes, size, rows, TARS_MANIFEST_ROWS_MAX, &manifest));
  free(rows);
}

static void dump_frame(dump *out, const tars_frame *frame) {
  dump_text(out, frame->response ? "r" : "f");
  dump_int(out, frame->id);
  dump_text(out, ".");
  dump_int(out, frame->seq);
  dump_text(out, ".");
  dump_hex(out, frame->body, frame->size);
  dump_text(out, " ");
}

/* What a stream holds. */
static void filter_frames(const uint8_t *bytes, uint32_t size, dump *out) {
  tars_frame_receiver receiver;
  tars_frame frame;
  bool text = false;
  tars_frame_receiver_init(&receiver);
  for (uint32_t i = 0; i < size; i++) {
    tars_received what = tars_frame_receive(&receiver, bytes[i], &frame);
    if (text && what != TARS_RECEIVED_CONSOLE) dump_text(out, " ");
    if (!text && what == TARS_RECEIVED_CONSOLE) dump_text(out, "c");
    text = what == TARS_RECEIVED_CONSOLE;
    if (text) dump_hex(out, bytes + i, 1);
    if (what == TARS_RECEIVED_FRAME) dump_frame(out, &frame);
  }
  if (text) dump_text(out, " ");
  dump_int(out, receiver.damaged);
}

/* Each line in exactly its own memory, so that a sanitizer sees a read beyond. */
int main(int argc, char **argv) {
  static char line[LINE];
  static dump out;
  if (argc != 2) return 2;
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    uint32_t size = (uint32_t)strlen(line) / 2;
    uint8_t *bytes = malloc(size ? size : 1);
    unhex(line, bytes, size);
    out.size = 0;
    out.text[0] = 0;
    if (strcmp(argv[1], "manifest") == 0)
      filter_manifest(bytes, size, &out);
    else
      filter_frames(bytes, size, &out);
    puts(out.text);
    free(bytes);
  }
  return 0;
}
