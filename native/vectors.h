#pragma once

#include "kernel.h"

// Sums of products use fused multiply-add, which rounds once, if the processor has it; other processors round twice. So equal bits need
// the same kind of processor, as for TensorFlow's own products. Only files whose time goes into such sums may include this header.
#pragma GCC optimize("fp-contract=fast")
#pragma STDC FP_CONTRACT ON

// "fma" and not "avx2": these functions need nothing of AVX2 beyond FMA, and code compiled for AVX2 does not use FMA.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#define FOR_EACH_PROCESSOR_WITH_FMA __attribute__((target_clones("avx512f", "fma", "default")))
#else
#define FOR_EACH_PROCESSOR_WITH_FMA
#endif

namespace thresher {

/** Vectors need no alignment. */
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(4)));

}  // namespace thresher
