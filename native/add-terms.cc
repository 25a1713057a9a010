#include "add-terms.h"

#include "kernel.h"

namespace thresher {
namespace {

/** Vectors that are summed at once, in registers. */
constexpr int64_t kVectors = 6;

typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(4)));

template <int vectors>
inline __attribute__((always_inline)) void SumBlock(float* sum, const float* rows, const Term* terms, int64_t count) {
  Vector sums[vectors];
  for (int i = 0; i < vectors; i++) sums[i] = reinterpret_cast<Vector*>(sum)[i];
  for (int64_t term = 0; term < count; term++) {
    const Vector* row = reinterpret_cast<const Vector*>(rows + terms[term].row);
    for (int i = 0; i < vectors; i++) sums[i] += row[i] * terms[term].factor;
  }
  for (int i = 0; i < vectors; i++) reinterpret_cast<Vector*>(sum)[i] = sums[i];
}

/** One vector by itself would wait for each of its sums: four take turns. */
template <>
inline __attribute__((always_inline)) void SumBlock<1>(float* sum, const float* rows, const Term* terms, int64_t count) {
  Vector sums[4] = {};
  for (int64_t term = 0; term < count; term++) {
    sums[term % 4] += *reinterpret_cast<const Vector*>(rows + terms[term].row) * terms[term].factor;
  }
  *reinterpret_cast<Vector*>(sum) += (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

FOR_EACH_PROCESSOR
void AddTerms(float* sum, const float* rows, const Term* terms, int64_t count, int64_t length) {
  for (; length >= kVectors * kLanes; length -= kVectors * kLanes) {
    SumBlock<kVectors>(sum, rows, terms, count);
    sum += kVectors * kLanes;
    rows += kVectors * kLanes;
  }
  switch (length / kLanes) {
    case 5:
      return SumBlock<5>(sum, rows, terms, count);
    case 4:
      return SumBlock<4>(sum, rows, terms, count);
    case 3:
      return SumBlock<3>(sum, rows, terms, count);
    case 2:
      return SumBlock<2>(sum, rows, terms, count);
    case 1:
      return SumBlock<1>(sum, rows, terms, count);
  }
}

}  // namespace thresher
