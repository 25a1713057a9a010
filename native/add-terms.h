#pragma once

#include <cstdint>

namespace thresher {

/** Numbers in a vector: rows are filled up to a multiple of them with what does no harm. */
constexpr int64_t kLanes = 16;
inline int64_t FilledUp(int64_t length) { return (length + kLanes - 1) / kLanes * kLanes; }

/** A number that is not zero, and the row that it multiplies. */
struct Term {
  int32_t row;
  float factor;
};

/** sum[0, length) += each term's factor times rows[its row, length), in an order that follows from count and length; length in whole vectors. */
void AddTerms(float* sum, const float* rows, const Term* terms, int64_t count, int64_t length);

}  // namespace thresher
