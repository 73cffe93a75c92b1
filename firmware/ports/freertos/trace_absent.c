/* No trace on this port: it has no file. An image with a trace of its own brings this function itself. */
#include "tars_bench_port.h"

void tars_trace_flush(void) {}
