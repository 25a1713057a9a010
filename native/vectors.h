#pragma once

#include "kernel.h"

// Sums of products use fused multiply-add, which rounds once, if the processor has it; other processors round twice. So equal bits need
// the same kind of processor, as for TensorFlow's own products. Only files whose time goes into such sums may include this header.
// Nor do loops over a few numbers become the instruction for copies, which takes longer to start than they take.
#pragma GCC optimize("fp-contract=fast", "no-tree-loop-distribute-patterns")
#pragma STDC FP_CONTRACT ON

// Compiles the definition of a function three times, with the number of lanes in a register of a processor: vectors wider than that would
// need more registers than there are. It is static: callers in other files would call the one of 4 lanes. "fma" and not "avx2": nothing here needs AVX2 beyond FMA, and code compiled for AVX2 does not use FMA.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#define FOR_EACH_WIDTH(function)                         \
  __attribute__((target("avx512f"))) static function(16) \
  __attribute__((target("fma"))) static function(8)      \
  __attribute__((target("default"))) static function(4)
#else
#define FOR_EACH_WIDTH(function) static function(4)
#endif

namespace thresher {

template <int lanes>
struct LanesType {
  typedef float Type __attribute__((vector_size(lanes * sizeof(float)), aligned(4)));
};
/** A register of some lanes. It needs no alignment. */
template <int lanes>
using LanesOf = typename LanesType<lanes>::Type;

}  // namespace thresher
