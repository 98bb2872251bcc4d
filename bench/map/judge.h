// SPDX-License-Identifier: MIT
/* Who wins each cell of a map, as measured and by the model, and how well the two agree. */
#ifndef SPEEDUP_MAP_JUDGE_H
#define SPEEDUP_MAP_JUDGE_H

#include "bench/map/map.h"

/* Fills in all of a map that follows from its times: of its cells, the errors and the counts. */
void map_judge(struct map *map);

#endif
