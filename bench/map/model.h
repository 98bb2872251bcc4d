// SPDX-License-Identifier: MIT
/*
 * The model of a runner: five constants, from which follows how long it takes for any share of
 * waiting and any number of tasks in progress; docs/map.md has its formula. It is the bottleneck
 * bound of queueing theory (Lazowska, Zahorjan, Graham, Sevcik: Quantitative System Performance,
 * chapter 5), to which the making and the beginning of workers are added.
 */
#ifndef SPEEDUP_MAP_MODEL_H
#define SPEEDUP_MAP_MODEL_H

#include "bench/map/map.h"

/* The constants that fit best what was measured in the first row of the map and the last. All NAN
 * where a case of those rows is missing, or there are too few n. */
struct map_constants model_calibrate(const struct map *map, size_t series);

/* What a model without constants knows of a series: no time but a task's, and as many cores as it
 * may compute on and has workers for. */
struct map_constants model_plain(const struct map *map, size_t series);

/* Nanoseconds that all tasks take in that series at that share of waiting with ns[n] in progress;
 * NAN: the constants are, or it is not known how many workers that were. */
double model_predict(const struct map *map, size_t series, const struct map_constants *constants,
                     double share, size_t n);

#endif
