// Convolutions at a stride of 1 and products with weights that are mostly zero. Only the other weights are multiplied.
//
//   ThresherSparseProduct(x, w, bias) -> y: y = x * w + bias, or relu(x * w + bias) with the attribute `rectify`
//   ThresherSparseGradInput(dy, w) -> dx
//   ThresherSparsePooledGradInput(dp, at, w) -> dx: the same for the gradient behind a max pool, which max-pool.cc describes
//
// x, y [batch, height, width, channels] and w [kernel height, kernel width, in, out], or x, y [rows, channels] and w [in, out]; bias [out],
// or [0] for none. float32, except `at`, which is int32. The attribute `geometry` has the padding before the first row and column of
// the images that are read, turned kernel or not; the height and width of the result; and the height and width of a pool's windows.
//
// A weight that is not zero multiplies a vector of several images, one in each lane, at each pixel of a tile, whose sums stay in
// registers. So the images are transposed to [rows, channels, width, lanes], a band of rows at a time, which stays in the second-level
// cache. The order of a sum follows from the shapes and the weights alone.

#include <algorithm>

#include "lane-images.h"
#include "ops.h"
#include "parallel-for.h"
#include "sparse-weights.h"
#include "vectors.h"

namespace thresher {
namespace {

Stopwatch forward_stopwatch("ThresherSparseProduct");
Stopwatch backward_stopwatch("ThresherSparseGradInput");
Stopwatch pooled_stopwatch("ThresherSparsePooledGradInput");

/** The numbers of the attribute `geometry`, in its order. */
struct SparseGeometry {
  int32_t top, left, height, width, pool_height, pool_width;
};

struct Attributes {
  SparseGeometry geometry;
  bool rectify = false;
};

/** A band has about this many float32 numbers, which fit into a second-level cache with what else is needed. */
constexpr int64_t kBandNumbers = 160 * 1024;

/** The vectors of a tile: as many sums as the multipliers of a core need at once. */
constexpr int64_t kTile = 8;

/** A tile of the result: some rows and columns of pixels. */
struct Tile {
  int64_t rows, columns;
};

/** A tile for images: a row of up to eight pixels, or two rows of up to four, four of two or eight of one. */
Tile TileFor(const Images& images) {
  const int64_t tiles = (images.width + kTile - 1) / kTile;
  const int64_t columns = (images.width + tiles - 1) / tiles;
  return {images.height == 1 ? 1 : kTile / columns, columns};
}

/** The parts of a band that the first pixels of a tile need, and the distance of its rows. */
struct TileSource {
  const float* numbers;
  int64_t row;
};

/** Where sums start, and whether they are rectified at their end. `bias` may be null. */
struct Bounds {
  const float* bias;
  bool rectify;
};

/** Adds the products of a block to some lanes of a tile's sums [targets, rows, columns, kLanes]. */
template <int lanes, int rows, int columns>
inline __attribute__((always_inline)) void Add(const NonzeroBlock& block, const float* numbers, int64_t row, const Bounds& bounds,
                                               float* to) {
  using Lanes = LanesOf<lanes>;
  const bool rectify = block.is_last && bounds.rectify;
  const Nonzero* nonzero = block.nonzeros;
  for (int64_t target = 0; target < block.targets; target++, to += rows * columns * kLanes) {
    Lanes sum[rows][columns];
    const Lanes start = Lanes{} + (bounds.bias == nullptr ? 0.0f : bounds.bias[block.first_target + target]);
    const auto at = [=](int y, int x) { return reinterpret_cast<Lanes*>(to + (y * columns + x) * kLanes); };
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) sum[y][x] = block.is_first ? start : *at(y, x);
    }
    for (const Nonzero* end = block.origin + block.ends[target]; nonzero != end; nonzero++) {
      const float* pixels = numbers + nonzero->offset;
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          sum[y][x] += *reinterpret_cast<const Lanes*>(pixels + y * row + x * kLanes) * nonzero->weight;
        }
      }
    }
    for (int y = 0; y < rows; y++) {
      // NaN stays NaN.
      for (int x = 0; x < columns; x++) *at(y, x) = rectify ? (sum[y][x] < 0 ? Lanes{} : sum[y][x]) : sum[y][x];
    }
  }
}

/** Adds the products of a block to a tile's sums, as many lanes at a time as a register has. */
template <int lanes>
inline __attribute__((always_inline)) void AddLanes(const Tile& tile, const NonzeroBlock& block, const TileSource& source,
                                                    const Bounds& bounds, float* sums) {
  float* to = sums + block.first_target * tile.rows * tile.columns * kLanes;
  for (int64_t lane = 0; lane < kLanes; lane += lanes) {
    switch (10 * tile.rows + tile.columns) {
#define CASE(rows, columns)                                                                    \
  case 10 * rows + columns:                                                                    \
    Add<lanes, rows, columns>(block, source.numbers + lane, source.row, bounds, to + lane); \
    break
      CASE(1, 1);
      CASE(1, 2);
      CASE(1, 3);
      CASE(1, 4);
      CASE(1, 5);
      CASE(1, 6);
      CASE(1, 7);
      CASE(1, 8);
      CASE(2, 3);
      CASE(2, 4);
      CASE(4, 2);
      CASE(8, 1);
#undef CASE
    }
  }
}

#define ADD_BLOCK(lanes) \
  void AddBlock(const Tile& tile, const NonzeroBlock& block, const TileSource& source, const Bounds& bounds, float* sums) { AddLanes<lanes>(tile, block, source, bounds, sums); }
FOR_EACH_WIDTH(ADD_BLOCK)

/** A product of images and weights. */
class Product {
 public:
  Product(const Source& source, const float* weights, const WeightShape& shape, Direction direction, const Images& result,
          const Attributes& attributes)
      : source_(source),
        kernel_height_(shape.height),
        result_(result),
        attributes_(attributes),
        tile_(TileFor(result)),
        band_width_((result.width + tile_.columns - 1) / tile_.columns * tile_.columns + shape.width - 1),
        row_(source.images.channels * band_width_ * kLanes),
        weights_(weights, shape, direction, {band_width_ * kLanes, row_}) {}

  void Compute(const Bounds& bounds, float* to) const {
    const int64_t tiles = (result_.height + tile_.rows - 1) / tile_.rows;
    const int64_t fitting = (kBandNumbers / row_ - kernel_height_ + 1) / tile_.rows;
    const int64_t height = std::clamp<int64_t>(fitting, std::min<int64_t>(tiles, 4 / tile_.rows + 1), tiles);
    const int64_t bands = (tiles + height - 1) / height;
    ParallelFor(result_.groups * bands, 1, [&](int64_t begin, int64_t end) {
      const Aligned<float> band((height * tile_.rows + kernel_height_ - 1) * row_);
      const Aligned<float> sums(result_.channels * tile_.rows * tile_.columns * kLanes);
      for (int64_t part = begin; part < end; part++) {
        const int64_t first = part % bands * height * tile_.rows;
        const int64_t last = std::min(first + height * tile_.rows, result_.height);
        ComputeBand(part / bands, first, last, bounds, band.data(), sums.data(), to);
      }
    });
  }

 private:
  /** Computes the rows [first, last) of a group of images. */
  void ComputeBand(int64_t group, int64_t first, int64_t last, const Bounds& bounds, float* band, float* sums, float* to) const {
    const Band filled{band, source_.images.channels, band_width_};
    const int64_t rows = (last - first + tile_.rows - 1) / tile_.rows * tile_.rows + kernel_height_ - 1;
    for (int64_t y = 0; y < rows; y++) {
      FillRow(source_, group, first + y - attributes_.geometry.top, attributes_.geometry.left, filled, band + y * row_);
    }
    for (int64_t y = first; y < last; y += tile_.rows) {
      for (int64_t x = 0; x < result_.width; x += tile_.columns) {
        const TileSource source{band + (y - first) * row_ + x * kLanes, row_};
        for (const NonzeroBlock& block : weights_.blocks()) AddBlock(tile_, block, source, bounds, sums);
        StoreTile(group, y, x, sums, to);
      }
    }
  }

  void StoreTile(int64_t group, int64_t first_y, int64_t first_x, const float* sums, float* to) const {
    const int64_t distance = tile_.rows * tile_.columns * kLanes;
    for (int64_t y = first_y; y < std::min(first_y + tile_.rows, result_.height); y++) {
      for (int64_t x = first_x; x < std::min(first_x + tile_.columns, result_.width); x++) {
        const int64_t offset = result_.Offset(group, y, x);
        const float* from = sums + ((y - first_y) * tile_.columns + x - first_x) * kLanes;
        StorePixel(from, distance, result_.channels, result_.Lanes(offset), result_.lane, to + offset);
      }
    }
  }

  const Source& source_;
  const int64_t kernel_height_;
  const Images result_;
  const Attributes& attributes_;
  const Tile tile_;
  /** The width of a band with its padding, in pixels, and the size of its rows. */
  const int64_t band_width_, row_;
  const SparseWeights weights_;
};

bool IsMatrix(const Shape& shape) { return shape.size() == 2; }

WeightShape WeightShapeOf(const Shape& shape) {
  if (IsMatrix(shape)) return {1, 1, shape[0], shape[1]};
  return {shape[0], shape[1], shape[2], shape[3]};
}

/** The rows of a matrix are pixels of images that one tile covers. */
Images Arrange(const Shape& shape) {
  return IsMatrix(shape) ? RowsOf(shape, std::min(kTile, (shape[0] + kLanes - 1) / kLanes)) : ImagesOf(shape);
}

/** The result's shape for the source's. */
Shape ResultShape(const Shape& source, int64_t channels, const SparseGeometry& geometry) {
  if (IsMatrix(source)) return {source[0], channels};
  return {source[0], geometry.height, geometry.width, channels};
}

void* Create(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  AttributeReader(construction)
      .Read("geometry", reinterpret_cast<int32_t*>(&attributes->geometry), sizeof(SparseGeometry) / sizeof(int32_t))
      .Read("rectify", &attributes->rectify);
  return attributes;
}

/** Multiplies the source, whose inputs have been read, by the weights. */
void Multiply(Call* call, const Attributes& attributes, const Tensor& from, const int32_t* elements, const Tensor& w,
              Direction direction, const float* bias) {
  const auto& geometry = attributes.geometry;
  const WeightShape weights = WeightShapeOf(w.shape());
  const bool is_forward = direction == Direction::kForward;
  if (from.shape().back() != (is_forward ? weights.in : weights.out)) return call->Fail("the images and weights differ in channels");
  const Shape shape = ResultShape(from.shape(), is_forward ? weights.out : weights.in, geometry);
  const Tensor result = call->Output(0, TF_FLOAT, shape);
  if (call->failed()) return;
  const Source source{from.data(), Arrange(from.shape()), elements, geometry.pool_height, geometry.pool_width};
  Product(source, w.data(), weights, direction, Arrange(shape), attributes).Compute({bias, attributes.rectify}, result.data());
}

void ComputeForward(void* kernel, TF_OpKernelContext* context) {
  Call call(context, forward_stopwatch);
  const Tensor x = call.Input(0);
  const Tensor w = call.Input(1);
  const Tensor bias = call.Input(2);
  if (call.failed()) return;
  Multiply(&call, *static_cast<Attributes*>(kernel), x, nullptr, w, Direction::kForward, bias.count() > 0 ? bias.data() : nullptr);
}

void ComputeBackward(void* kernel, TF_OpKernelContext* context) {
  Call call(context, backward_stopwatch);
  const Tensor dy = call.Input(0);
  const Tensor w = call.Input(1);
  if (call.failed()) return;
  Multiply(&call, *static_cast<Attributes*>(kernel), dy, nullptr, w, Direction::kBackward, nullptr);
}

void ComputePooledBackward(void* kernel, TF_OpKernelContext* context) {
  Call call(context, pooled_stopwatch);
  const Tensor dp = call.Input(0);
  const Tensor at = call.Input(1);
  const Tensor w = call.Input(2);
  if (call.failed()) return;
  Multiply(&call, *static_cast<Attributes*>(kernel), dp, at.data<int32_t>(), w, Direction::kBackward, nullptr);
}

using Compute = void (*)(void*, TF_OpKernelContext*);

void RegisterOne(const char* name, std::vector<const char*> inputs, const char* output, Compute compute, TF_Status* status) {
  Register({name, std::move(inputs), {output}, {"geometry: list(int)", "rectify: bool = false"}, UnknownShapes, Create, compute,
            Destroy<Attributes>},
           status);
}

}  // namespace

void RegisterSparseProduct(TF_Status* status) {
  RegisterOne("ThresherSparseProduct", {"x: float", "w: float", "bias: float"}, "y: float", ComputeForward, status);
  RegisterOne("ThresherSparseGradInput", {"dy: float", "w: float"}, "dx: float", ComputeBackward, status);
  RegisterOne("ThresherSparsePooledGradInput", {"dp: float", "at: int32", "w: float"}, "dx: float", ComputePooledBackward, status);
}

}  // namespace thresher
