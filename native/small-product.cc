// ThresherSmallProduct(a, b) -> product of two float32 matrices; an attribute transposes either. For products of a few million operations,
// such as those of a network's last layer: starting further threads would take longer than the product.

#include <algorithm>

#include "ops.h"
#include "vectors.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherSmallProduct");

/** a [rows, inner], with strides `row` and `step`, and b [inner, width], whose width is a whole number of vectors. */
struct Factors {
  const float *a, *b;
  int64_t row, step, inner, width;
};

/** Computes a tile of the product, some rows by some vectors, in registers, and stores `used` of its columns. */
template <int lanes, int rows, int vectors>
inline __attribute__((always_inline)) void Tile(const Factors& by, int64_t first, int64_t column, int64_t used, float* product,
                                                int64_t columns) {
  using Lanes = LanesOf<lanes>;
  // Not `= {}`, which GCC makes a slow instruction that fills memory.
  Lanes sums[rows][vectors];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) sums[r][v] = Lanes{};
  }
  const float* a = by.a + first * by.row;
  const float* b = by.b + column;
  for (int64_t k = 0; k < by.inner; k++, a += by.step, b += by.width) {
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) sums[r][v] += reinterpret_cast<const Lanes*>(b)[v] * a[r * by.row];
    }
  }
  for (int r = 0; r < rows; r++) {
    float* to = product + (first + r) * columns + column;
    for (int v = 0; v < vectors; v++) {
      if ((v + 1) * lanes <= used) {
        reinterpret_cast<Lanes*>(to)[v] = sums[r][v];
      } else {
        float rest[lanes];
        *reinterpret_cast<Lanes*>(rest) = sums[r][v];
        for (int64_t i = v * lanes; i < used; i++) to[i] = rest[i - v * lanes];
      }
    }
  }
}

/** Computes the columns of some vectors, for all rows. */
template <int lanes, int vectors>
inline __attribute__((always_inline)) void Strip(const Factors& by, int64_t rows, int64_t column, int64_t columns, float* product) {
  constexpr int kRows = 12 / vectors;
  const int64_t used = std::min<int64_t>(vectors * lanes, columns - column);
  int64_t row = 0;
  for (; row + kRows <= rows; row += kRows) Tile<lanes, kRows, vectors>(by, row, column, used, product, columns);
  for (; row < rows; row++) Tile<lanes, 1, vectors>(by, row, column, used, product, columns);
}

template <int lanes>
inline __attribute__((always_inline)) void MultiplyLanes(const Factors& by, int64_t rows, int64_t columns, float* product) {
  for (int64_t column = 0; column < columns;) {
    const int64_t vectors = std::min<int64_t>(4, (columns - column + lanes - 1) / lanes);
    if (vectors == 1) Strip<lanes, 1>(by, rows, column, columns, product);
    if (vectors == 2) Strip<lanes, 2>(by, rows, column, columns, product);
    if (vectors == 3) Strip<lanes, 3>(by, rows, column, columns, product);
    if (vectors == 4) Strip<lanes, 4>(by, rows, column, columns, product);
    column += vectors * lanes;
  }
}

#define MULTIPLY(lanes) \
  void Multiply(const Factors& by, int64_t rows, int64_t columns, float* product) { MultiplyLanes<lanes>(by, rows, columns, product); }
FOR_EACH_WIDTH(MULTIPLY)

struct Transposed {
  bool a = false, b = false;
};

void* Create(TF_OpKernelConstruction* construction) {
  auto* transposed = new Transposed;
  AttributeReader(construction).Read("transpose_a", &transposed->a).Read("transpose_b", &transposed->b);
  return transposed;
}

void Compute(void* kernel, TF_OpKernelContext* context) {
  const auto& transposed = *static_cast<Transposed*>(kernel);
  Call call(context, stopwatch);
  const Tensor a = call.Input(0);
  const Tensor b = call.Input(1);
  if (call.failed()) return;
  const Shape of_a = a.shape(), of_b = b.shape();
  const int64_t rows = of_a[transposed.a ? 1 : 0], inner = of_a[transposed.a ? 0 : 1], columns = of_b[transposed.b ? 0 : 1];
  const Tensor product = call.Output(0, TF_FLOAT, {rows, columns});
  if (call.failed()) return;
  if (of_b[transposed.b ? 1 : 0] != inner) return call.Fail("ThresherSmallProduct: a and b differ in their inner dimension");
  // b, padded with zeros to whole vectors.
  const int64_t width = (columns + kLanes - 1) / kLanes * kLanes;
  const Aligned<float> filled(inner * width);
  filled.Clear();
  for (int64_t k = 0; k < inner; k++) {
    for (int64_t c = 0; c < columns; c++) filled[k * width + c] = transposed.b ? b.data()[c * inner + k] : b.data()[k * columns + c];
  }
  const Factors by = {a.data(), filled.data(), transposed.a ? 1 : inner, transposed.a ? rows : 1, inner, width};
  Multiply(by, rows, columns, product.data());
}

}  // namespace

void RegisterSmallProduct(TF_Status* status) {
  Register({"ThresherSmallProduct",
            {"a: float", "b: float"},
            {"product: float"},
            {"transpose_a: bool", "transpose_b: bool"},
            UnknownShapes,
            Create,
            Compute,
            Destroy<Transposed>},
           status);
}

}  // namespace thresher
