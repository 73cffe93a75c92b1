/* Places by which an image is measured. */
#ifndef TARS_PLACE_H
#define TARS_PLACE_H

/* Before a declaration: the function stays one, by its name, although images are optimised over all files at once.
 * `npm run bench` counts instructions between such places, and a debugger can stop there. */
#define TARS_PLACE __attribute__((noinline, used))

/* Before a declaration: one copy for all who call it. For a body that the optimiser takes to be as small as a call, and
 * isn't. */
#define TARS_ONCE __attribute__((noinline))

#endif
