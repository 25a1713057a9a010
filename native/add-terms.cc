#include "add-terms.h"
#include "vectors.h"

namespace thresher {
namespace {

/** Independent sums that are accumulated in parallel, so that no addition waits for the previous one. */
constexpr int kChains = 8;
/** Sums that fit into the registers of every processor, beside what is added to them. */
constexpr int kMostSums = 12;

/** Adds the first width * lanes numbers of each row. Every turn has sums of its own. */
template <int lanes, int turns, int width>
inline __attribute__((always_inline)) void Sum(float* sum, const float* rows, const Term* terms, int64_t count) {
  using Lanes = LanesOf<lanes>;
  // Not `= {}`, which GCC makes a slow instruction that fills memory.
  Lanes sums[turns][width];
  for (int turn = 0; turn < turns; turn++) {
    for (int i = 0; i < width; i++) sums[turn][i] = turn == 0 ? reinterpret_cast<Lanes*>(sum)[i] : Lanes{};
  }
  int64_t term = 0;
  for (; term + turns <= count; term += turns) {
    for (int turn = 0; turn < turns; turn++) {
      const Lanes* row = reinterpret_cast<const Lanes*>(rows + terms[term + turn].row);
      for (int i = 0; i < width; i++) sums[turn][i] += row[i] * terms[term + turn].factor;
    }
  }
  for (; term < count; term++) {
    const Lanes* row = reinterpret_cast<const Lanes*>(rows + terms[term].row);
    for (int i = 0; i < width; i++) sums[0][i] += row[i] * terms[term].factor;
  }
  for (int turn = 1; turn < turns; turn++) {
    for (int i = 0; i < width; i++) sums[0][i] += sums[turn][i];
  }
  for (int i = 0; i < width; i++) reinterpret_cast<Lanes*>(sum)[i] = sums[0][i];
}

/** Calls the Sum of some registers, of which there are at most `most`. */
template <int lanes, int turns, int most>
inline __attribute__((always_inline)) void SumOf(int64_t width, float* sum, const float* rows, const Term* terms, int64_t count) {
  if (width == most) return Sum<lanes, turns, most>(sum, rows, terms, count);
  if constexpr (most > 1) SumOf<lanes, turns, most - 1>(width, sum, rows, terms, count);
}

/** Adds some columns after the others, as many as fit into the registers. */
template <int lanes, int turns>
inline __attribute__((always_inline)) void AddColumns(float* sum, const float* rows, const Term* terms, int64_t count, int64_t vectors) {
  constexpr int kMost = kMostSums / turns;
  const int64_t width = vectors * (kLanes / lanes), parts = (width + kMost - 1) / kMost;
  for (int64_t part = 0; part < parts; part++) {
    const int64_t first = width * part / parts, last = width * (part + 1) / parts;
    SumOf<lanes, turns, kMost>(last - first, sum + first * lanes, rows + first * lanes, terms, count);
  }
}

template <int lanes>
inline __attribute__((always_inline)) void AddLanes(float* sum, const float* rows, const Term* terms, int64_t count, int64_t vectors) {
  if (vectors == 1) return AddColumns<lanes, kChains>(sum, rows, terms, count, vectors);
  if (vectors == 2) return AddColumns<lanes, kChains / 2>(sum, rows, terms, count, vectors);
  if (vectors <= 4) return AddColumns<lanes, kChains / 4>(sum, rows, terms, count, vectors);
  AddColumns<lanes, 1>(sum, rows, terms, count, vectors);
}

#define ADD(lanes) \
  void Add(float* sum, const float* rows, const Term* terms, int64_t count, int64_t vectors) { AddLanes<lanes>(sum, rows, terms, count, vectors); }
FOR_EACH_WIDTH(ADD)

}  // namespace

void AddTerms(float* sum, const float* rows, const Term* terms, int64_t count, int64_t vectors) { Add(sum, rows, terms, count, vectors); }

}  // namespace thresher
