#pragma once

#include "kernel.h"

namespace thresher {

/** Vectors that are summed at once, in registers. */
constexpr int64_t kMostVectors = 12;

/** A number that is not zero, and where the row that it multiplies begins. */
struct Term {
  int32_t row;
  float factor;
};

/**
 * sum[0, vectors * kLanes) += each term's factor times as much of its row, in an order that follows from count and vectors, of which
 * there are at most kMostVectors.
 */
void AddTerms(float* sum, const float* rows, const Term* terms, int64_t count, int64_t vectors);

}  // namespace thresher
