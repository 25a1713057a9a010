#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "add-terms.h"
#include "kernel.h"

namespace thresher {

/** The numbers of the attribute `geometry`, in its order. */
struct Geometry {
  int32_t kernel_height, kernel_width, stride_y, stride_x, top, left, pool_height, pool_width;
};
constexpr int kGeometryNumbers = sizeof(Geometry) / sizeof(int32_t);

/** The amount of float32 numbers to work on at once, so that they stay in a core's second-level and first-level cache. */
constexpr int64_t kNearNumbers = 128 * 1024;
constexpr int64_t kNearestNumbers = 8 * 1024;

/** The shapes of a pooled convolution and the layouts of examples and weights, which its gradients' kernels share. */
struct Problem {
  Geometry geometry;
  int64_t height, width, in, rows, columns, out;

  /** The size of an example's inputs with their padding, as far as the windows reach. */
  int64_t padded_width() const {
    const int64_t last = (columns * geometry.pool_width - 1) * geometry.stride_x + geometry.kernel_width;
    return std::max(last, geometry.left + width);
  }
  int64_t padded_height() const {
    const int64_t last = (rows * geometry.pool_height - 1) * geometry.stride_y + geometry.kernel_height;
    return std::max(last, geometry.top + height);
  }
  int64_t line() const { return padded_width() * in; }
  int64_t padded() const { return padded_height() * line(); }
  int64_t image() const { return height * width * in; }
  int64_t windows() const { return rows * columns; }
  int64_t elements() const { return geometry.pool_height * geometry.pool_width; }
  int64_t pooled() const { return windows() * out; }

  /** The number of examples whose padded inputs, or terms of two numbers each, fit into kNearNumbers. */
  int64_t group() const { return std::max<int64_t>(1, kNearNumbers / std::max(padded(), 2 * pooled())); }
  /** The size of the padded inputs of some examples, plus what the last row may read beyond them. */
  int64_t scratch(int64_t examples) const { return examples * padded() + kMostVectors * kLanes; }

  /** The numbers of a kernel row, which are contiguous in a row of the input. */
  int64_t run() const { return geometry.kernel_width * in; }
  int64_t vectors() const { return (run() + kLanes - 1) / kLanes; }
  /** A kernel row is cut into blocks that fit into registers. All have the same width, except the last. */
  int64_t blocks() const { return (vectors() + kMostVectors - 1) / kMostVectors; }
  int64_t block_vectors() const { return (vectors() + blocks() - 1) / blocks(); }
  int64_t vectors_of(int64_t block) const { return std::min(block_vectors(), vectors() - block * block_vectors()); }
  int64_t block_width() const { return block_vectors() * kLanes; }
  /** Weights are laid out in slabs, [kernel height, blocks, channels, block width], padded with zeros. */
  int64_t slabs() const { return geometry.kernel_height * blocks(); }
  int64_t slab(int64_t channels) const { return channels * block_width(); }
  /** The offset of a slab's rows from the first input of an element. */
  int64_t offset_of(int64_t slab) const { return slab / blocks() * line() + slab % blocks() * block_width(); }

  /** The offset of the first input of the output element at `y`, `x`. */
  int64_t StartOf(int64_t y, int64_t x) const { return y * geometry.stride_y * line() + x * geometry.stride_x * in; }
  int64_t StartOfWindow(int64_t window) const {
    return StartOf(window / columns * geometry.pool_height, window % columns * geometry.pool_width);
  }
  /** The offset of each window of some examples with contiguous padded inputs. */
  std::vector<int32_t> WindowStarts(int64_t examples) const {
    std::vector<int32_t> starts;
    for (int64_t example = 0; example < examples; example++) {
      for (int64_t window = 0; window < windows(); window++) {
        starts.push_back(static_cast<int32_t>(example * padded() + StartOfWindow(window)));
      }
    }
    return starts;
  }
  /** The offset of each element of a window from the window's start. */
  std::vector<int32_t> ElementStarts() const {
    std::vector<int32_t> starts;
    for (int32_t y = 0; y < geometry.pool_height; y++) {
      for (int32_t x = 0; x < geometry.pool_width; x++) starts.push_back(static_cast<int32_t>(StartOf(y, x)));
    }
    return starts;
  }

  void CopyIn(const float* image, float* padded) const {
    for (int64_t y = 0; y < height; y++) {
      float* to = padded + (geometry.top + y) * line() + geometry.left * in;
      std::memcpy(to, image + y * width * in, width * in * sizeof(float));
    }
  }
  void CopyOut(const float* padded, float* image) const {
    for (int64_t y = 0; y < height; y++) {
      const float* from = padded + (geometry.top + y) * line() + geometry.left * in;
      std::memcpy(image + y * width * in, from, width * in * sizeof(float));
    }
  }
};

inline Problem ProblemOf(const Geometry& geometry, const Shape& x, const Shape& g) {
  return {geometry, x[1], x[2], x[3], g[1], g[2], g[3]};
}

/**
 * Calls `move(index in the slab, index in the weights)` for all numbers of a slab [channels, block width] of the weights [kernel height,
 * kernel width, in, out], from channel `first` on. Goes through them in squares, so that the cache lines of both are reused.
 */
template <typename Move>
inline __attribute__((always_inline)) void EachWeight(const Problem& problem, int64_t slab, int64_t first, int64_t channels, Move move) {
  const int64_t begin = slab % problem.blocks() * problem.block_width();
  const int64_t count = std::min(problem.block_width(), problem.run() - begin);
  const int64_t row = slab / problem.blocks() * problem.run() + begin;
  for (int64_t square = 0; square < channels; square += kLanes) {
    for (int64_t i = 0; i < count; i++) {
      for (int64_t c = square; c < std::min(square + kLanes, channels); c++) {
        move(c * problem.block_width() + i, (row + i) * problem.out + first + c);
      }
    }
  }
}

inline void* CreateGeometry(TF_OpKernelConstruction* construction) {
  auto* geometry = new Geometry;
  AttributeReader(construction).Read("geometry", reinterpret_cast<int32_t*>(geometry), kGeometryNumbers);
  return geometry;
}

}  // namespace thresher
