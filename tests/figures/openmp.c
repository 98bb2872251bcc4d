// SPDX-License-Identifier: MIT
/* The reference for memory bandwidth: a plain OpenMP simd reduction. Compiled with -fopenmp. */
#include "workloads/workload.h"

#include <omp.h>

double openmp_sum_ns(const double *numbers, size_t count, int threads);

double openmp_sum_ns(const double *numbers, size_t count, int threads)
{
    double sum = 0;
    int64_t begin = now_ns();
#pragma omp parallel for simd reduction(+ : sum) num_threads(threads) proc_bind(spread)
    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    volatile double kept = sum;
    (void)kept;
    double ns = (double)(now_ns() - begin);
    omp_pause_resource_all(omp_pause_hard); /* no idle threads: others fork */
    return ns;
}
