// The gradients of a convolution whose rectified output goes into max pooling alone: p = maxpool(y), y = relu(x * w + b). Of
// each window of y, one element has a gradient at most, and none where the largest is zero. Other libraries fill y's gradient with
// zeros and multiply by them; here only what is not zero is multiplied, a quarter of it for windows of 2 x 2.
//
//   ThresherPoolRoute(y, p, dp) -> (g, at)          g: dp where p is positive; at: which element of its window was taken
//   ThresherPooledConvGradFilter(x, g, at) -> (dw, db)
//   ThresherPooledConvGradInput(x, w, g, at) -> dx   x for its shape
//
// y [batch, height, width, out], p, dp, g and at [batch, rows, columns, out], x [batch, height, width, in], w [height, width, in,
// out], all float32 but `at`, int32. Sums are taken in an order that follows from the shapes alone, so bits do not depend on threads.

#include <algorithm>
#include <cstring>

#include "kernel.h"
#include "ops.h"
#include "parallel-for.h"

namespace thresher {
namespace {

/** As the attribute `geometry` lists it. */
struct Geometry {
  int32_t kernel_height, kernel_width, stride_y, stride_x, top, left, pool_height, pool_width;
};
constexpr int kGeometryNumbers = sizeof(Geometry) / sizeof(int32_t);

/** Numbers in a vector: rows are filled up to a multiple of them with what does no harm. */
constexpr int64_t kLanes = 16;
/** Vectors that are summed at once, in registers. */
constexpr int64_t kVectors = 6;

int64_t FilledUp(int64_t length) { return (length + kLanes - 1) / kLanes * kLanes; }

/** A number that is not zero, and the row that it multiplies. */
struct Term {
  int32_t row;
  float factor;
};

typedef float Vector __attribute__((vector_size(kLanes * sizeof(float)), aligned(4)));

template <int vectors>
inline __attribute__((always_inline)) void SumBlock(float* sum, const float* rows, const Term* terms, int64_t count) {
  Vector sums[vectors];
  for (int i = 0; i < vectors; i++) sums[i] = reinterpret_cast<Vector*>(sum)[i];
  for (int64_t term = 0; term < count; term++) {
    const Vector* row = reinterpret_cast<const Vector*>(rows + terms[term].row);
    for (int i = 0; i < vectors; i++) sums[i] += row[i] * terms[term].factor;
  }
  for (int i = 0; i < vectors; i++) reinterpret_cast<Vector*>(sum)[i] = sums[i];
}

/** One vector by itself would wait for each of its sums: four take turns. */
template <>
inline __attribute__((always_inline)) void SumBlock<1>(float* sum, const float* rows, const Term* terms, int64_t count) {
  Vector sums[4] = {};
  for (int64_t term = 0; term < count; term++) {
    sums[term % 4] += *reinterpret_cast<const Vector*>(rows + terms[term].row) * terms[term].factor;
  }
  *reinterpret_cast<Vector*>(sum) += (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/** sum[0, length) += each term's factor times rows[its row, length), in the order of the terms; length in whole vectors. */
FOR_EACH_PROCESSOR
void AddTerms(float* sum, const float* rows, const Term* terms, int64_t count, int64_t length) {
  for (; length >= kVectors * kLanes; length -= kVectors * kLanes) {
    SumBlock<kVectors>(sum, rows, terms, count);
    sum += kVectors * kLanes;
    rows += kVectors * kLanes;
  }
  switch (length / kLanes) {
    case 5:
      return SumBlock<5>(sum, rows, terms, count);
    case 4:
      return SumBlock<4>(sum, rows, terms, count);
    case 3:
      return SumBlock<3>(sum, rows, terms, count);
    case 2:
      return SumBlock<2>(sum, rows, terms, count);
    case 1:
      return SumBlock<1>(sum, rows, terms, count);
  }
}

/** One window of all channels: `at` counts its elements row by row, and of equal ones takes the first. */
FOR_EACH_PROCESSOR
void Route(const float* const* window, int elements, const float* p, const float* dp, float* g, int32_t* at, int64_t channels) {
  for (int64_t c = 0; c < channels; c++) at[c] = 0;
  for (int element = elements - 1; element >= 0; element--) {
    const float* y = window[element];
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) at[c] = y[c] == p[c] ? element : at[c];
  }
#pragma omp simd
  for (int64_t c = 0; c < channels; c++) g[c] = p[c] <= 0 ? 0 : dp[c];
}

/** The same for windows of 2 x 2, in one pass. */
FOR_EACH_PROCESSOR
void RouteFour(const float* const* window, const float* p, const float* dp, float* g, int32_t* at, int64_t channels) {
  const float *y0 = window[0], *y1 = window[1], *y2 = window[2];
#pragma omp simd
  for (int64_t c = 0; c < channels; c++) {
    const int32_t later = y1[c] == p[c] ? 1 : y2[c] == p[c] ? 2 : 3;
    at[c] = y0[c] == p[c] ? 0 : later;
    g[c] = p[c] <= 0 ? 0 : dp[c];
  }
}

/** The gradient of a pooled convolution, as its kernels share it: shapes, and how one example is laid out to be worked on. */
struct Problem {
  Geometry geometry;
  int64_t height, width, in, rows, columns, out;

  /** Of an example's inputs with their margins: as far as windows reach. */
  int64_t padded_width() const {
    const int64_t last = (columns * geometry.pool_width - 1) * geometry.stride_x + geometry.kernel_width;
    return std::max(last, geometry.left + width);
  }
  int64_t padded_height() const {
    const int64_t last = (rows * geometry.pool_height - 1) * geometry.stride_y + geometry.kernel_height;
    return std::max(last, geometry.top + height);
  }
  int64_t line() const { return padded_width() * in; }
  /** Numbers of a kernel that lie in one row of the input. */
  int64_t run() const { return geometry.kernel_width * in; }
  int64_t filled_run() const { return FilledUp(run()); }
  int64_t scratch() const { return padded_height() * line() + kLanes; }
  int64_t image() const { return height * width * in; }
  int64_t pooled() const { return rows * columns * out; }

  /** Where the inputs of the output element at `y`, `x` begin. */
  int32_t StartOf(int64_t y, int64_t x) const {
    return static_cast<int32_t>(y * geometry.stride_y * line() + x * geometry.stride_x * in);
  }
  int32_t StartOfWindow(int64_t window) const {
    return StartOf(window / columns * geometry.pool_height, window % columns * geometry.pool_width);
  }
  /** Of each element of a window, from the window's own start on. */
  std::vector<int32_t> ElementStarts() const {
    std::vector<int32_t> starts;
    for (int32_t y = 0; y < geometry.pool_height; y++) {
      for (int32_t x = 0; x < geometry.pool_width; x++) starts.push_back(StartOf(y, x));
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

Problem ProblemOf(const Geometry& geometry, const Shape& x, const Shape& g) {
  return {geometry, x[1], x[2], x[3], g[1], g[2], g[3]};
}

/** [out, kernel height, filled run] <-> [kernel height, kernel width, in, out] */
template <typename Move>
void EachWeight(const Problem& problem, Move move) {
  const int64_t run = problem.run();
  for (int64_t ky = 0; ky < problem.geometry.kernel_height; ky++) {
    for (int64_t i = 0; i < run; i++) {
      for (int64_t c = 0; c < problem.out; c++) {
        move((c * problem.geometry.kernel_height + ky) * problem.filled_run() + i, (ky * run + i) * problem.out + c);
      }
    }
  }
}

void* CreateGeometry(TF_OpKernelConstruction* construction) {
  auto* geometry = new Geometry;
  TF_Status* status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrInt32List(construction, "geometry", reinterpret_cast<int32_t*>(geometry), kGeometryNumbers,
                                           status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return geometry;
}

void DeleteGeometry(void* geometry) { delete static_cast<Geometry*>(geometry); }

void ComputeRoute(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context);
  const Tensor y = call.Input(0);
  const Tensor p = call.Input(1);
  if (call.failed()) return;
  const Shape whole = y.shape();
  const Shape pooled = p.shape();
  const Tensor g = call.OutputInPlaceOf(2, 0, pooled);
  const Tensor at = call.Output(1, TF_INT32, pooled);
  const Tensor dp = call.Input(2);
  if (call.failed()) return;
  const int64_t channels = pooled[3];
  ParallelFor(pooled[0] * pooled[1], 4, [&](int64_t begin, int64_t end) {
    std::vector<const float*> window(geometry.pool_height * geometry.pool_width);
    for (int64_t line = begin; line < end; line++) {
      const int64_t example = line / pooled[1];
      const int64_t top = line % pooled[1] * geometry.pool_height;
      for (int64_t column = 0; column < pooled[2]; column++) {
        for (size_t element = 0; element < window.size(); element++) {
          const int64_t row = top + element / geometry.pool_width;
          const int64_t place = column * geometry.pool_width + element % geometry.pool_width;
          window[element] = y.data() + ((example * whole[1] + row) * whole[2] + place) * channels;
        }
        const int64_t offset = (line * pooled[2] + column) * channels;
        const float* p_here = p.data() + offset;
        const float* dp_here = dp.data() + offset;
        float* g_here = g.data() + offset;
        int32_t* at_here = at.data<int32_t>() + offset;
        if (window.size() == 4) {
          RouteFour(window.data(), p_here, dp_here, g_here, at_here, channels);
        } else {
          Route(window.data(), static_cast<int>(window.size()), p_here, dp_here, g_here, at_here, channels);
        }
      }
    }
  });
}

/** dw and db of the channels [first, last), example after example. */
void SumChannels(const Problem& problem, int64_t examples, const float* x, const float* g, const int32_t* at, int64_t first,
                 int64_t last, float* transposed, float* db) {
  const int64_t channels = last - first;
  const int64_t kernel_height = problem.geometry.kernel_height;
  const int64_t windows = problem.rows * problem.columns;
  std::vector<float> padded(problem.scratch());
  std::vector<Term> terms(channels * windows);
  std::vector<int64_t> counts(channels);
  const std::vector<int32_t> starts = problem.ElementStarts();
  for (int64_t example = 0; example < examples; example++) {
    problem.CopyIn(x + example * problem.image(), padded.data());
    std::fill(counts.begin(), counts.end(), 0);
    for (int64_t window = 0; window < windows; window++) {
      const int64_t offset = example * problem.pooled() + window * problem.out + first;
      const int32_t start = problem.StartOfWindow(window);
      for (int64_t c = 0; c < channels; c++) {
        const float factor = g[offset + c];
        terms[c * windows + counts[c]] = {start + starts[at[offset + c]], factor};
        counts[c] += factor != 0;
        db[first + c] += factor;
      }
    }
    for (int64_t c = 0; c < channels; c++) {
      for (int64_t ky = 0; ky < kernel_height; ky++) {
        AddTerms(transposed + ((first + c) * kernel_height + ky) * problem.filled_run(), padded.data() + ky * problem.line(),
                 terms.data() + c * windows, counts[c], problem.filled_run());
      }
    }
  }
}

void ComputeGradFilter(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context);
  const Tensor x = call.Input(0);
  const Tensor g = call.Input(1);
  const Tensor at = call.Input(2);
  if (call.failed()) return;
  const Problem problem = ProblemOf(geometry, x.shape(), g.shape());
  const Tensor dw = call.Output(0, TF_FLOAT, {geometry.kernel_height, geometry.kernel_width, problem.in, problem.out});
  const Tensor db = call.Output(1, TF_FLOAT, {problem.out});
  if (call.failed()) return;
  std::vector<float> transposed(problem.out * geometry.kernel_height * problem.filled_run());
  std::fill_n(db.data(), problem.out, 0.0f);
  const int64_t examples = x.shape()[0];
  ParallelFor(problem.out, (problem.out + Threads() - 1) / Threads(), [&](int64_t first, int64_t last) {
    SumChannels(problem, examples, x.data(), g.data(), at.data<int32_t>(), first, last, transposed.data(), db.data());
  });
  float* to = dw.data();
  EachWeight(problem, [&](int64_t from, int64_t place) { to[place] = transposed[from]; });
}

/** dx of one example, with its margins: window after window, each element of a window with all channels that took it. */
void SumInputs(const Problem& problem, const float* transposed, const float* g, const int32_t* at, std::vector<Term>& terms,
               float* padded) {
  const int64_t elements = problem.geometry.pool_height * problem.geometry.pool_width;
  const int64_t kernel_height = problem.geometry.kernel_height;
  std::vector<int64_t> counts(elements);
  const std::vector<int32_t> starts = problem.ElementStarts();
  for (int64_t window = 0; window < problem.rows * problem.columns; window++) {
    std::fill(counts.begin(), counts.end(), 0);
    for (int64_t c = 0; c < problem.out; c++) {
      const int64_t offset = window * problem.out + c;
      const int32_t element = at[offset];
      terms[element * problem.out + counts[element]] = {static_cast<int32_t>(c * kernel_height * problem.filled_run()), g[offset]};
      counts[element] += g[offset] != 0;
    }
    for (int64_t element = 0; element < elements; element++) {
      const int32_t start = problem.StartOfWindow(window) + starts[element];
      for (int64_t ky = 0; ky < kernel_height; ky++) {
        AddTerms(padded + start + ky * problem.line(), transposed + ky * problem.filled_run(),
                 terms.data() + element * problem.out, counts[element], problem.filled_run());
      }
    }
  }
}

void ComputeGradInput(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context);
  const Tensor x = call.Input(0);
  const Tensor w = call.Input(1);
  const Tensor g = call.Input(2);
  const Tensor at = call.Input(3);
  if (call.failed()) return;
  const Shape shape = x.shape();
  const Problem problem = ProblemOf(geometry, shape, g.shape());
  const Tensor dx = call.Output(0, TF_FLOAT, shape);
  if (call.failed()) return;
  std::vector<float> transposed(problem.out * geometry.kernel_height * problem.filled_run());
  const float* from = w.data();
  EachWeight(problem, [&](int64_t to, int64_t place) { transposed[to] = from[place]; });
  // Several pieces a thread, as one may begin late.
  ParallelFor(shape[0], std::max<int64_t>(1, shape[0] / (4 * Threads())), [&](int64_t begin, int64_t end) {
    std::vector<float> padded(problem.scratch());
    std::vector<Term> terms(geometry.pool_height * geometry.pool_width * problem.out);
    for (int64_t example = begin; example < end; example++) {
      std::fill(padded.begin(), padded.end(), 0.0f);
      const int64_t offset = example * problem.pooled();
      SumInputs(problem, transposed.data(), g.data() + offset, at.data<int32_t>() + offset, terms, padded.data());
      problem.CopyOut(padded.data(), dx.data() + example * problem.image());
    }
  });
}

void UnknownShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

void ShapesOfPooled(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 1, shape, status);
  for (int output = 0; output < 2 && TF_GetCode(status) == TF_OK; output++) {
    TF_ShapeInferenceContextSetOutput(context, output, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

}  // namespace

void RegisterPooledConvolution(TF_Status* status) {
  Register({"ThresherPoolRoute",
            {"y: float", "p: float", "dp: float"},
            {"g: float", "at: int32"},
            {"geometry: list(int)"},
            ShapesOfPooled,
            CreateGeometry,
            ComputeRoute,
            DeleteGeometry},
           status);
  Register({"ThresherPooledConvGradFilter",
            {"x: float", "g: float", "at: int32"},
            {"dw: float", "db: float"},
            {"geometry: list(int)"},
            UnknownShapes,
            CreateGeometry,
            ComputeGradFilter,
            DeleteGeometry},
           status);
  Register({"ThresherPooledConvGradInput",
            {"x: float", "w: float", "g: float", "at: int32"},
            {"dx: float"},
            {"geometry: list(int)"},
            ShapesOfFirstInput<1>,
            CreateGeometry,
            ComputeGradInput,
            DeleteGeometry},
           status);
}

}  // namespace thresher
