#pragma once

#include "kernel.h"

// Where sums of products take most of the time, a product and its sum are one instruction if the processor has it; others round twice.
// Equal bits then need the same kind of processor, as they do for TensorFlow's own products. To be included by the files that
// hold such sums alone.
#pragma GCC optimize("fp-contract=fast")
#pragma STDC FP_CONTRACT ON

// Floating point needs no more of AVX2 than comes with FMA, and what is compiled for AVX2 alone would do without it.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#define FOR_EACH_PROCESSOR_WITH_FMA __attribute__((target_clones("avx512f", "fma", "default")))
#else
#define FOR_EACH_PROCESSOR_WITH_FMA
#endif

namespace thresher {

/** Anywhere in memory. */
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(4)));

}  // namespace thresher
