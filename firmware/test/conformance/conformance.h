/* The suite that every port runs: hal/include as the core uses it, driven through the simulation's bench side. No core
 * is linked: the suite stands in its place. */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <stdbool.h>
#include <stdint.h>

/* Runs the suite in the supervisor's task, after the port has started the worker; returns how many checks failed.
 * `port` is the TCP port of peer.mjs on the host; 0: there is none, and the tests of the stream are left out. */
int conformance_run(uint16_t port);

/* What the port's own main provides: text for whoever reads the result. */
void conformance_say(const char *text);

/* ---- inside the suite ---- */

/* Counts a check, and says which one failed. */
void conformance_check(bool fine, const char *what, int line);
#define CHECK(condition) conformance_check((condition), #condition, __LINE__)

/* A random number of 32 bits: a linear congruence whose upper half is mixed into the lower one; and where it begins. */
uint32_t conformance_random(void);
void conformance_random_from(uint32_t start);

void conformance_library(void);
void conformance_numbers(void);
void conformance_peripherals(void);
void conformance_store(void);
void conformance_stream(uint16_t port);
void conformance_tasks(void);

#endif
