#include "lane-images.h"

#include <algorithm>

namespace thresher {
namespace {

/** Numbers of 32 bits in a register that every processor with vectors has. */
constexpr int64_t kQuad = 4;
template <typename Number>
struct QuadOf {
  typedef Number Type __attribute__((vector_size(kQuad * sizeof(Number)), aligned(sizeof(Number))));
};
typedef int32_t Order __attribute__((vector_size(kQuad * sizeof(int32_t))));

/** A matrix of 4 x 4 in registers. */
template <typename Number>
struct Square {
  using Quad = typename QuadOf<Number>::Type;
  Quad rows[kQuad];

  static Square Load(const Number* from, int64_t row) {
    Square square;
    for (int64_t i = 0; i < kQuad; i++) square.rows[i] = *reinterpret_cast<const Quad*>(from + i * row);
    return square;
  }
  void Store(Number* to, int64_t row) const {
    for (int64_t i = 0; i < kQuad; i++) *reinterpret_cast<Quad*>(to + i * row) = rows[i];
  }
  Square Transposed() const {
    constexpr Order kUpper = {0, 4, 1, 5}, kLower = {2, 6, 3, 7};
    const Quad even[] = {__builtin_shuffle(rows[0], rows[2], kUpper), __builtin_shuffle(rows[0], rows[2], kLower)};
    const Quad odd[] = {__builtin_shuffle(rows[1], rows[3], kUpper), __builtin_shuffle(rows[1], rows[3], kLower)};
    return {{__builtin_shuffle(even[0], odd[0], kUpper), __builtin_shuffle(even[0], odd[0], kLower),
             __builtin_shuffle(even[1], odd[1], kUpper), __builtin_shuffle(even[1], odd[1], kLower)}};
  }
};

/**
 * Calls `whole(row, column)` for all squares in [rows, columns], some rows after the other, and `single(row, column)` for the numbers that
 * remain. Images are often a power of two apart, so few of them can be in a cache at once: a row of squares must be of few images.
 */
template <typename Whole, typename Single>
inline void EachSquare(int64_t rows, int64_t columns, Whole whole, Single single) {
  const int64_t whole_columns = columns / kQuad * kQuad;
  int64_t row = 0;
  for (; row + kQuad <= rows; row += kQuad) {
    for (int64_t column = 0; column < whole_columns; column += kQuad) whole(row, column);
    for (int64_t i = row; i < row + kQuad; i++) {
      for (int64_t column = whole_columns; column < columns; column++) single(i, column);
    }
  }
  for (; row < rows; row++) {
    for (int64_t column = 0; column < columns; column++) single(row, column);
  }
}

/** Fills a pixel [channels, kLanes] of a band, whose channels are `distance` apart. Absent lanes stay as they are. */
void FillPixel(const float* from, const Images& images, int64_t lanes, float* to, int64_t distance) {
  const auto whole = [=](int64_t lane, int64_t c) {
    Square<float>::Load(from + lane * images.lane + c, images.lane).Transposed().Store(to + c * distance + lane, distance);
  };
  const auto single = [=](int64_t lane, int64_t c) { to[c * distance + lane] = from[lane * images.lane + c]; };
  EachSquare(lanes, images.channels, whole, single);
}

/** Fills the pixels at the elements [first, first + pool width) of a window from its gradient. */
void FillWindow(const Source& source, int64_t offset, int64_t lanes, int32_t first, float* to, int64_t distance) {
  using Quad = Square<float>::Quad;
  const Images& images = source.images;
  const float* gradient = source.numbers + offset;
  const int32_t* elements = source.elements + offset;
  const int32_t width = static_cast<int32_t>(source.pool_width);
  const auto whole = [=](int64_t lane, int64_t c) {
    const Square<float> numbers = Square<float>::Load(gradient + lane * images.lane + c, images.lane).Transposed();
    const Square<int32_t> own = Square<int32_t>::Load(elements + lane * images.lane + c, images.lane).Transposed();
    for (int32_t x = 0; x < width; x++) {
      Square<float> selected;
      for (int64_t i = 0; i < kQuad; i++) selected.rows[i] = own.rows[i] == first + x ? numbers.rows[i] : Quad{};
      selected.Store(to + c * distance + x * kLanes + lane, distance);
    }
  };
  const auto single = [=](int64_t lane, int64_t c) {
    const int64_t place = lane * images.lane + c;
    for (int32_t x = 0; x < width; x++) {
      to[c * distance + x * kLanes + lane] = elements[place] == first + x ? gradient[place] : 0.0f;
    }
  };
  EachSquare(lanes, images.channels, whole, single);
}

void Clear(float* pixels, int64_t count, const Band& band) {
  for (int64_t c = 0; c < band.channels; c++) std::fill_n(pixels + c * band.width * kLanes, count * kLanes, 0.0f);
}

}  // namespace

Images ImagesOf(const Shape& shape) {
  const int64_t column = shape[3], row = shape[2] * column, lane = shape[1] * row;
  return {(shape[0] + kLanes - 1) / kLanes, shape[1], shape[2], shape[3], lane, column, row, kLanes * lane, CountOf(shape)};
}

Images RowsOf(const Shape& shape, int64_t width) {
  const int64_t lane = shape[1], column = kLanes * lane, group = width * column;
  return {(CountOf(shape) + group - 1) / group, 1, width, lane, lane, column, group, group, CountOf(shape)};
}

void FillRow(const Source& source, int64_t g, int64_t y, int64_t left, const Band& band, float* row) {
  if (y < 0 || y >= source.height()) return Clear(row, band.width, band);
  const int64_t distance = band.width * kLanes, right = left + source.width();
  Clear(row, left, band);
  Clear(row + right * kLanes, band.width - right, band);
  int64_t offset = source.images.Offset(g, y / source.pool_height, 0);
  float* to = row + left * kLanes;
  for (int64_t x = 0; x < source.images.width; x++, offset += source.images.column, to += source.pool_width * kLanes) {
    const int64_t lanes = source.images.Lanes(offset);
    if (lanes < kLanes) Clear(to, source.pool_width, band);
    if (source.elements == nullptr) {
      FillPixel(source.numbers + offset, source.images, lanes, to, distance);
    } else {
      FillWindow(source, offset, lanes, static_cast<int32_t>(y % source.pool_height * source.pool_width), to, distance);
    }
  }
}

void StorePixel(const float* from, int64_t distance, int64_t channels, int64_t lanes, int64_t lane, float* to) {
  const auto whole = [=](int64_t first, int64_t c) {
    Square<float>::Load(from + c * distance + first, distance).Transposed().Store(to + first * lane + c, lane);
  };
  const auto single = [=](int64_t i, int64_t c) { to[i * lane + c] = from[c * distance + i]; };
  EachSquare(lanes, channels, whole, single);
}

}  // namespace thresher
