#pragma once

#include "kernel.h"

namespace thresher {

/** The most vectors whose sums fit into registers. */
constexpr int64_t kMostVectors = 12;

/** A factor that is not zero, and the offset of the row that it multiplies. */
struct Term {
  int32_t row;
  float factor;
};

/**
 * Adds each term's factor times the first vectors * kLanes numbers of its row to sum[0, vectors * kLanes). The order of the additions
 * depends only on count and vectors. There are at most kMostVectors vectors.
 */
void AddTerms(float* sum, const float* rows, const Term* terms, int64_t count, int64_t vectors);

}  // namespace thresher
