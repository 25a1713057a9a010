#include "sparse-weights.h"

#include <algorithm>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#include <immintrin.h>
#define HAS_AVX512_VERSION
#endif

#include "parallel-for.h"

namespace thresher {
namespace {

/** The products of a target channel in a block, of which 5 % are 14: enough to amortize that its sums are loaded and stored. */
constexpr int64_t kBlockProducts = 288;

/** The channels of a block. */
int64_t BlockSize(const WeightShape& shape) { return std::max<int64_t>(1, kBlockProducts / (shape.height * shape.width)); }

int64_t Blocks(int64_t channels, int64_t block) { return (channels + block - 1) / block; }

// FindNonzeros writes the indices of the non-zeros among the weights, and returns their number. `indices` has room for `count` + kLanes.
#ifdef HAS_AVX512_VERSION
__attribute__((target("avx512f"))) int64_t FindNonzeros(const float* weights, int64_t count, int32_t* indices) {
  int64_t found = 0;
  __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 in_range = count - i >= kLanes ? 0xffff : (1 << (count - i)) - 1;
    const __m512 values = _mm512_maskz_loadu_ps(in_range, weights + i);
    const __mmask16 nonzero = _mm512_cmp_ps_mask(values, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    _mm512_storeu_si512(indices + found, _mm512_maskz_compress_epi32(nonzero, index));
    found += __builtin_popcount(nonzero);
    index = _mm512_add_epi32(index, _mm512_set1_epi32(kLanes));
  }
  return found;
}
__attribute__((target("default")))
#endif
int64_t FindNonzeros(const float* weights, int64_t count, int32_t* indices) {
  int64_t found = 0;
  for (int64_t i = 0; i < count; i++) {
    indices[found] = static_cast<int32_t>(i);
    found += weights[i] != 0;
  }
  return found;
}

}  // namespace

/** Collects the non-zeros between a block of inputs, from `first` on, and all outputs. */
class SparseWeights::Collector {
 public:
  Collector(const WeightShape& shape, Direction direction, const Distances& distances, int64_t first)
      : shape_(shape),
        is_forward_(direction == Direction::kForward),
        distances_(distances),
        block_(BlockSize(shape)),
        first_(first),
        channels_(std::min(block_, shape.in - first)),
        indices_(shape.out + kLanes) {}

  Part Collect(const float* weights) {
    for (int64_t y = 0; y < shape_.height; y++) {
      for (int64_t x = 0; x < shape_.width; x++, weights += shape_.in * shape_.out) {
        const int64_t row = is_forward_ ? y : shape_.height - 1 - y, column = is_forward_ ? x : shape_.width - 1 - x;
        FindAll(weights + first_ * shape_.out, row * distances_.row + column * kLanes);
      }
    }
    return Sort();
  }

 private:
  struct Found {
    int32_t key;
    Nonzero nonzero;
  };

  /** Finds the non-zeros of an element of the kernel, whose vectors begin at `offset`. */
  void FindAll(const float* weights, int64_t offset) {
    for (int64_t in = 0; in < channels_; in++, weights += shape_.out) {
      const int64_t count = FindNonzeros(weights, shape_.out, indices_.data());
      for (int64_t i = 0; i < count; i++) {
        const int32_t out = indices_[i];
        const int64_t source = is_forward_ ? first_ + in : out;
        const int64_t key = is_forward_ ? out : out / block_ * channels_ + in;
        found_.push_back({static_cast<int32_t>(key), {static_cast<int32_t>(offset + source * distances_.channel), weights[out]}});
      }
    }
  }

  /** Sorts the non-zeros by key, keeping the order of equal keys. */
  Part Sort() const {
    const int64_t keys = is_forward_ ? shape_.out : Blocks(shape_.out, block_) * channels_;
    Part part{std::vector<int32_t>(keys + 1), std::vector<Nonzero>(found_.size())};
    // First the starts, behind one zero. Each becomes an end while its key's non-zeros are filled in.
    for (const Found& found : found_) part.ends[found.key + 1]++;
    for (int64_t key = 0; key < keys; key++) part.ends[key + 1] += part.ends[key];
    for (const Found& found : found_) part.nonzeros[part.ends[found.key]++] = found.nonzero;
    return part;
  }

  const WeightShape& shape_;
  const bool is_forward_;
  const Distances& distances_;
  const int64_t block_, first_, channels_;
  std::vector<int32_t> indices_;
  std::vector<Found> found_;
};

SparseWeights::SparseWeights(const float* weights, const WeightShape& shape, Direction direction, const Distances& distances)
    : parts_(Blocks(shape.in, BlockSize(shape))) {
  const int64_t block = BlockSize(shape);
  ParallelFor(parts_.size(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; part++) {
      parts_[part] = Collector(shape, direction, distances, part * block).Collect(weights);
    }
  });
  if (direction == Direction::kForward) {
    for (const Part& part : parts_) AddBlock(part, 0, 0, shape.out, &part == &parts_.front(), &part == &parts_.back());
    return;
  }
  const int64_t sources = Blocks(shape.out, block);
  for (int64_t source = 0; source < sources; source++) {
    for (size_t part = 0; part < parts_.size(); part++) {
      const int64_t first = part * block, targets = std::min(block, shape.in - first);
      AddBlock(parts_[part], source * targets, first, targets, source == 0, source == sources - 1);
    }
  }
}

void SparseWeights::AddBlock(const Part& part, int64_t first_end, int64_t first_target, int64_t targets, bool is_first,
                             bool is_last) {
  const Nonzero* origin = part.nonzeros.data();
  const int64_t begin = first_end == 0 ? 0 : part.ends[first_end - 1];
  blocks_.push_back({first_target, targets, origin + begin, &part.ends[first_end], origin, is_first, is_last});
}

}  // namespace thresher
