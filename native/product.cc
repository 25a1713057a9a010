// ThresherProduct(a, b) -> product of two float32 matrices; an attribute transposes either. For products of a few million operations, such as
// those of a network's last layer, which take less time than starting further threads; and for larger ones, for which TensorFlow's take longer.
//
// The columns are cut into strips of some vectors. Each strip of b is copied, so that it is contiguous, a block of rows at a time, which stays in the
// first-level cache. Every number is a sum in the order of the inner dimension, so the bits do not depend on the threads.

#include <algorithm>

#include "ops.h"
#include "parallel-for.h"
#include "vectors.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherProduct");

/** The most vectors of a strip, and the sums that a tile keeps in registers. */
constexpr int kStripVectors = 4;
constexpr int SumsFor(int lanes) { return lanes == 16 ? 24 : 12; }
/** The numbers of a block of b. */
constexpr int64_t BlockNumbersFor(int lanes) { return lanes == 16 ? 8 * 1024 : 6 * 1024; }
constexpr double kFlopsOfOneThread = 3e6;
constexpr int64_t kPiecesOfThread = 4;
/** The fewest rows for which copying a strip of b pays. */
constexpr int64_t kLeastRows = 128;

/** A matrix with the distances of its rows and columns, in floats. */
struct Matrix {
  const float* numbers;
  int64_t row, column;
};

struct Product {
  Matrix a, b;
  int64_t rows, inner, columns;
  float* to;

  /** One of some parts of the rows. */
  Product Part(int64_t part, int64_t parts) const {
    const int64_t first = rows * part / parts, end = rows * (part + 1) / parts;
    return {{a.numbers + first * a.row, a.row, a.column}, b, end - first, inner, columns, to + first * columns};
  }
};

/** A block of b's rows in a strip of columns, [inner, vectors * lanes], and the matrix that its products are added to. */
struct Block {
  const float* numbers;
  int64_t first, inner;
  float* to;
  int64_t pitch;
};

template <int lanes, int rows, int vectors>
inline __attribute__((always_inline)) void Tile(const Matrix& a, int64_t row, const Block& block) {
  using Lanes = LanesOf<lanes>;
  const auto at = [=](int r, int v) { return block.to + (row + r) * block.pitch + v * lanes; };
  // Not `= {}`, which GCC makes a slow instruction that fills memory.
  Lanes sums[rows][vectors];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) sums[r][v] = block.first == 0 ? Lanes{} : *reinterpret_cast<Lanes*>(at(r, v));
  }
  const float* factors = a.numbers + row * a.row + block.first * a.column;
  const float* numbers = block.numbers;
  for (int64_t k = 0; k < block.inner; k++, factors += a.column, numbers += vectors * lanes) {
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) sums[r][v] += reinterpret_cast<const Lanes*>(numbers)[v] * factors[r * a.row];
    }
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) *reinterpret_cast<Lanes*>(at(r, v)) = sums[r][v];
  }
}

/** The tile of the rows that are left, at most `most`. */
template <int lanes, int most, int vectors>
inline __attribute__((always_inline)) void LastRows(const Matrix& a, int64_t row, int64_t rows, const Block& block) {
  if (rows - row == most) return Tile<lanes, most, vectors>(a, row, block);
  if constexpr (most > 1) LastRows<lanes, most - 1, vectors>(a, row, rows, block);
}

/** Which lane of two vectors each lane of a third one has. */
template <int lanes>
struct Order {
  typedef int32_t Type __attribute__((vector_size(lanes * sizeof(int32_t))));
};

/** Exchanges the odd lanes of a vector with the even ones of the next, in shuffles that AVX has as instructions. */
template <int lanes>
inline __attribute__((always_inline)) void ExchangeNeighbours(LanesOf<lanes>* pair) {
  typename Order<lanes>::Type even, odd, alternate;
  for (int i = 0; i < lanes; i++) {
    even[i] = i & ~1;
    odd[i] = i | 1;
    alternate[i] = (i & 1) == 0 ? i : lanes + i;
  }
  const LanesOf<lanes> first = pair[0], second = pair[1];
  pair[0] = __builtin_shuffle(first, __builtin_shuffle(second, even), alternate);
  pair[1] = __builtin_shuffle(__builtin_shuffle(first, odd), second, alternate);
}

/** Exchanges groups of `step` lanes between vectors that are as far apart. */
template <int lanes>
inline __attribute__((always_inline)) void ExchangeGroups(LanesOf<lanes>* square, int step) {
  typename Order<lanes>::Type upper, lower;
  for (int i = 0; i < lanes; i++) {
    upper[i] = (i & step) == 0 ? i : lanes + i - step;
    lower[i] = (i & step) == 0 ? i + step : lanes + i;
  }
  for (int i = 0; i < lanes; i++) {
    if ((i & step) != 0) continue;
    const LanesOf<lanes> first = square[i], second = square[i + step];
    square[i] = __builtin_shuffle(first, second, upper);
    square[i + step] = __builtin_shuffle(first, second, lower);
  }
}

template <int lanes>
inline __attribute__((always_inline)) void Transpose(LanesOf<lanes>* square) {
  for (int i = 0; i < lanes; i += 2) ExchangeNeighbours<lanes>(square + i);
  for (int step = 2; step < lanes; step *= 2) ExchangeGroups<lanes>(square, step);
}

/** Copies a square of a transposed b, whose columns have `pitch` numbers, to a strip of `width` columns. */
template <int lanes, int width>
inline __attribute__((always_inline)) void CopySquare(const float* from, int64_t pitch, float* to) {
  LanesOf<lanes> square[lanes];
  for (int i = 0; i < lanes; i++) square[i] = *reinterpret_cast<const LanesOf<lanes>*>(from + i * pitch);
  Transpose<lanes>(square);
  for (int i = 0; i < lanes; i++) *reinterpret_cast<LanesOf<lanes>*>(to + i * width) = square[i];
}

/** Copies a block of b, with zeros in the columns that do not exist. */
template <int lanes, int width>
inline __attribute__((always_inline)) void CopyBlock(const Matrix& b, int64_t first, int64_t inner, int64_t column, int64_t used, float* to) {
  const float* from = b.numbers + first * b.row + column * b.column;
  int64_t k = 0;
  if (b.row == 1 && used == width) {
    for (; k + lanes <= inner; k += lanes) {
      for (int c = 0; c < width; c += lanes) CopySquare<lanes, width>(from + k + c * b.column, b.column, to + k * width + c);
    }
  }
  for (; k < inner; k++) {
    for (int64_t c = 0; c < used; c++) to[k * width + c] = from[k * b.row + c * b.column];
    for (int64_t c = used; c < width; c++) to[k * width + c] = 0;
  }
}

/** Computes a strip. Only whole vectors are stored, so a strip that ends within one is computed elsewhere and copied. */
template <int lanes, int vectors>
inline __attribute__((always_inline)) void Strip(const Product& product, int64_t column) {
  constexpr int64_t kWidth = vectors * lanes, kRows = SumsFor(lanes) / vectors;
  const int64_t used = std::min(kWidth, product.columns - column), length = std::min(product.inner, BlockNumbersFor(lanes) / kWidth);
  const Aligned<float> numbers(length * kWidth), elsewhere(used == kWidth ? 0 : product.rows * kWidth);
  float* const to = product.to + column;
  for (int64_t first = 0; first < product.inner; first += length) {
    const int64_t inner = std::min(length, product.inner - first);
    const Block block = used == kWidth ? Block{numbers.data(), first, inner, to, product.columns}
                                       : Block{numbers.data(), first, inner, elsewhere.data(), kWidth};
    CopyBlock<lanes, kWidth>(product.b, first, inner, column, used, numbers.data());
    int64_t row = 0;
    for (; row + kRows <= product.rows; row += kRows) Tile<lanes, kRows, vectors>(product.a, row, block);
    LastRows<lanes, kRows - 1, vectors>(product.a, row, product.rows, block);
  }
  if (used == kWidth) return;
  for (int64_t row = 0; row < product.rows; row++) {
    for (int64_t c = 0; c < used; c++) to[row * product.columns + c] = elsewhere[row * kWidth + c];
  }
}

template <int lanes>
inline __attribute__((always_inline)) void StripOf(const Product& product, int64_t strip) {
  const int64_t column = strip * kStripVectors * lanes;
  const int64_t vectors = std::min<int64_t>(kStripVectors, (product.columns - column + lanes - 1) / lanes);
  if (vectors == 1) Strip<lanes, 1>(product, column);
  if (vectors == 2) Strip<lanes, 2>(product, column);
  if (vectors == 3) Strip<lanes, 3>(product, column);
  if (vectors == 4) Strip<lanes, 4>(product, column);
}

#define COMPUTE_STRIP(lanes) \
  void ComputeStrip(const Product& product, int64_t strip) { StripOf<lanes>(product, strip); }
FOR_EACH_WIDTH(COMPUTE_STRIP)

struct Transposed {
  bool a = false, b = false;
};

void* Create(TF_OpKernelConstruction* construction) {
  auto* transposed = new Transposed;
  AttributeReader(construction).Read("transpose_a", &transposed->a).Read("transpose_b", &transposed->b);
  return transposed;
}

/** A matrix of some rows, or its transpose. */
Matrix MatrixOf(const Tensor& tensor, bool is_transposed) {
  const int64_t length = tensor.shape()[1];
  return is_transposed ? Matrix{tensor.data(), 1, length} : Matrix{tensor.data(), length, 1};
}

void Compute(void* kernel, TF_OpKernelContext* context) {
  const auto& transposed = *static_cast<Transposed*>(kernel);
  Call call(context, stopwatch);
  const Tensor a = call.Input(0);
  const Tensor b = call.Input(1);
  if (call.failed()) return;
  const Shape of_a = a.shape(), of_b = b.shape();
  const int64_t rows = of_a[transposed.a ? 1 : 0], inner = of_a[transposed.a ? 0 : 1], columns = of_b[transposed.b ? 0 : 1];
  const Tensor to = call.Output(0, TF_FLOAT, {rows, columns});
  if (call.failed()) return;
  if (of_b[transposed.b ? 1 : 0] != inner) return call.Fail("ThresherProduct: a and b differ in their inner dimension");
  if (inner == 0) {
    std::fill_n(to.data(), rows * columns, 0.0f);
    return;
  }
  const Product product{MatrixOf(a, transposed.a), MatrixOf(b, transposed.b), rows, inner, columns, to.data()};
  const int64_t width = kStripVectors * LanesOfProcessor(), strips = (columns + width - 1) / width;
  if (2.0 * rows * inner * columns <= kFlopsOfOneThread) {
    for (int64_t strip = 0; strip < strips; strip++) ComputeStrip(product, strip);
    return;
  }
  // The rows are cut too if there are few strips, into parts with as many pieces as the threads need to end at about the same time.
  const int64_t parts = std::clamp<int64_t>(kPiecesOfThread * Threads() / strips, 1, (rows + kLeastRows - 1) / kLeastRows);
  ParallelFor(strips * parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t piece = begin; piece < end; piece++) ComputeStrip(product.Part(piece % parts, parts), piece / parts);
  });
}

}  // namespace

void RegisterProduct(TF_Status* status) {
  Register({"ThresherProduct",
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
