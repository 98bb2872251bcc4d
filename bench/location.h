// SPDX-License-Identifier: MIT
/* hwloc locations: "core:0-3", "package:1.core:0-1". */
#ifndef SPEEDUP_LOCATION_H
#define SPEEDUP_LOCATION_H

#include "bench/machine.h"

/* Does it look like a location, as opposed to a word? */
bool location_like(const char *text);

/* Fills set with the PUs (OS numbers) of the location. "core:LIST" and "pu:LIST", where LIST is
 * such as "0-3,6", are read here; hwloc-calc reads all others, on the machine's topology. Numbers
 * are logical. -EINVAL for one that is not understood, that names what does not exist, or has no
 * PU; then, and after any other failure, one sentence is in why[size]. */
int location_resolve(const struct machine *machine, const char *text, hwloc_bitmap_t set, char *why,
                     size_t size);

#endif
