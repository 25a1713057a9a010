#pragma once

#include <cstdint>

#include "kernel.h"

namespace thresher {

/**
 * Images in TensorFlow's layout [images, height, width, channels], as the numbers of `kLanes` images side by side in the lanes of vectors.
 * `lane`, `column`, `row` and `group` are the distances of the next lane, column, row and group of lanes, in floats.
 */
struct Images {
  int64_t groups, height, width, channels;
  int64_t lane, column, row, group;
  int64_t count;

  /** The offset of a pixel of the first lane. */
  int64_t Offset(int64_t g, int64_t y, int64_t x) const { return g * group + y * row + x * column; }
  /** The number of lanes that have an image at the offset. */
  int64_t Lanes(int64_t offset) const { return std::clamp<int64_t>((count - offset + lane - 1) / lane, 0, kLanes); }
};

/** Images [images, height, width, channels], one in each lane. */
Images ImagesOf(const Shape& shape);

/** The rows of a matrix [rows, channels] as pixels of images with a height of 1 and a width of `width`, a row in each lane. */
Images RowsOf(const Shape& shape, int64_t width);

/** Some rows of a group of images, [rows, channels, width, kLanes], with padding around them. */
struct Band {
  float* numbers;
  int64_t channels, width;
  int64_t row() const { return channels * width * kLanes; }
};

/** The numbers that a band is filled with: images, or the gradient at the output of a convolution before a max pool. */
struct Source {
  const float* numbers;
  Images images;
  /** If not null: for each number, the index of the element of its window that it belongs to (max-pool.cc). */
  const int32_t* elements = nullptr;
  int64_t pool_height = 1, pool_width = 1;

  int64_t height() const { return images.height * pool_height; }
  int64_t width() const { return images.width * pool_width; }
};

/** Fills a row of a band, from the first column that is not padding on, with row `y` of group `g`. */
void FillRow(const Source& source, int64_t g, int64_t y, int64_t left, const Band& band, float* row);

/** Writes a pixel of some lanes, whose channels are vectors of lanes with the given distance, as rows of channels. */
void StorePixel(const float* from, int64_t distance, int64_t channels, int64_t lanes, int64_t lane, float* to);

}  // namespace thresher
