/* Commands and beacons for the filter. */
#ifndef FILTER_FLEET_H
#define FILTER_FLEET_H

#include <stdbool.h>

/* Code of the verdict on a command or a beacon; fields of the line: root device nonce age counter time bytes. */
int filter_fleet(bool command, const char *const fields[]);

#endif
