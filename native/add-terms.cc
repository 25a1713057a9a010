#include "add-terms.h"
#include "vectors.h"

namespace thresher {
namespace {

/** Independent sums that are accumulated in parallel, so that no addition waits for the previous one. */
constexpr int kChains = 8;

template <int vectors>
inline __attribute__((always_inline)) void Sum(float* sum, const float* rows, const Term* terms, int64_t count) {
  constexpr int kTurns = vectors >= kChains ? 1 : kChains / vectors;
  Vector sums[kTurns][vectors] = {};
  for (int i = 0; i < vectors; i++) sums[0][i] = reinterpret_cast<Vector*>(sum)[i];
  int64_t term = 0;
  for (; term + kTurns <= count; term += kTurns) {
    for (int turn = 0; turn < kTurns; turn++) {
      const Vector* row = reinterpret_cast<const Vector*>(rows + terms[term + turn].row);
      for (int i = 0; i < vectors; i++) sums[turn][i] += row[i] * terms[term + turn].factor;
    }
  }
  for (; term < count; term++) {
    const Vector* row = reinterpret_cast<const Vector*>(rows + terms[term].row);
    for (int i = 0; i < vectors; i++) sums[0][i] += row[i] * terms[term].factor;
  }
  for (int turn = 1; turn < kTurns; turn++) {
    for (int i = 0; i < vectors; i++) sums[0][i] += sums[turn][i];
  }
  for (int i = 0; i < vectors; i++) reinterpret_cast<Vector*>(sum)[i] = sums[0][i];
}

}  // namespace

FOR_EACH_PROCESSOR_WITH_FMA
void AddTerms(float* sum, const float* rows, const Term* terms, int64_t count, int64_t vectors) {
  switch (vectors) {
    case 1:
      return Sum<1>(sum, rows, terms, count);
    case 2:
      return Sum<2>(sum, rows, terms, count);
    case 3:
      return Sum<3>(sum, rows, terms, count);
    case 4:
      return Sum<4>(sum, rows, terms, count);
    case 5:
      return Sum<5>(sum, rows, terms, count);
    case 6:
      return Sum<6>(sum, rows, terms, count);
    case 7:
      return Sum<7>(sum, rows, terms, count);
    case 8:
      return Sum<8>(sum, rows, terms, count);
    case 9:
      return Sum<9>(sum, rows, terms, count);
    case 10:
      return Sum<10>(sum, rows, terms, count);
    case 11:
      return Sum<11>(sum, rows, terms, count);
    case 12:
      return Sum<12>(sum, rows, terms, count);
  }
}

}  // namespace thresher
