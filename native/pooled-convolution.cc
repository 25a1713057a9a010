// The gradients of a convolution whose rectified output goes into max pooling alone: p = maxpool(y), y = relu(x * w + b). Of
// each window of y, one element has a gradient at most, and none where the largest is zero. Other libraries fill y's gradient with
// zeros and multiply by them; here only what is not zero is multiplied, a quarter of it for windows of 2 x 2.
//
//   ThresherPooledConvGradFilter(x, g, at) -> (dw, db)
//   ThresherPooledConvGradInput(x, w, g, at) -> dx   x for its shape
//
// g and `at` as ThresherPoolRoute gives them, x [batch, height, width, in], w [height, width, in, out], all float32 but `at`, int32.
// Sums are taken in an order that follows from the shapes alone, so bits do not depend on threads.

#include "ops.h"
#include "parallel-for.h"
#include "pooled-geometry.h"

namespace thresher {
namespace {

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

}  // namespace

void RegisterPooledConvolution(TF_Status* status) {
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
