#pragma once

#include <cstdint>
#include <vector>

#include "kernel.h"

namespace thresher {

/** The shape of weights [kernel height, kernel width, in, out] of a convolution. */
struct WeightShape {
  int64_t height, width, in, out;
};

/** In floats: the distances of the channels and rows of the images that the weights are multiplied by (lane-images.h). */
struct Distances {
  int64_t channel, row;
};

/** The direction of a product: from the inputs to the outputs, or from the gradient at the outputs to the gradient at the inputs. */
enum class Direction { kForward, kBackward };

/** A weight that is not zero, and the offset of the vectors that it multiplies, in floats. */
struct Nonzero {
  int32_t offset;
  float weight;
};

/** The non-zeros between some source channels and some target channels, by target channel. */
struct NonzeroBlock {
  int64_t first_target, targets;
  const Nonzero* nonzeros;
  /** The end of the first target channel's non-zeros, and so on, counted from `origin`. */
  const int32_t* ends;
  const Nonzero* origin;
  /** Whether the block has the first or the last source channels. */
  bool is_first, is_last;
};

/**
 * The non-zeros of weights, in blocks of few source channels, so that the vectors of a block stay in a core's caches while the target
 * channels use them. Source and target channels are `in` and `out`; backward, vice versa, and the kernel is turned by 180 degrees.
 */
class SparseWeights {
 public:
  SparseWeights(const float* weights, const WeightShape& shape, Direction direction, const Distances& distances);
  /** By source channels, then by target channels. */
  const std::vector<NonzeroBlock>& blocks() const { return blocks_; }

 private:
  /** The non-zeros of some rows of the weights, by block and target channel. */
  struct Part {
    std::vector<int32_t> ends;
    std::vector<Nonzero> nonzeros;
  };
  class Collector;

  void AddBlock(const Part& part, int64_t first_end, int64_t first_target, int64_t targets, bool is_first, bool is_last);

  std::vector<Part> parts_;
  std::vector<NonzeroBlock> blocks_;
};

}  // namespace thresher
