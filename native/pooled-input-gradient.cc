// ThresherPooledConvGradInput(x, w, dp, at) -> dx: the gradient at the input of the convolution that pooled-filter-gradient.cc describes.
// Only the shape of x is used; w [height, width, in, out].
//
// The gradient at the inputs of an element of y is a sum of rows of weights, one for each channel that has a gradient there. The sum stays
// in registers. The rows, for a stretch of channels at a time, stay in the first-level cache, where one element after the other uses them.

#include "ops.h"
#include "parallel-for.h"
#include "pooled-geometry.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherPooledConvGradInput");

/** The number of channels in which the element has a gradient. */
FOR_EACH_PROCESSOR
int64_t CountOf(const float* dp, const int32_t* at, int32_t element, int64_t channels) {
  int32_t count = 0;
#pragma omp simd reduction(+ : count)
  for (int64_t c = 0; c < channels; c++) count += (at[c] == element) & (dp[c] != 0);
  return count;
}

/** For each stretch of channels, each window of some examples and each of its elements: the channels in which it has a gradient. */
class InputTerms {
 public:
  InputTerms(const Problem& problem, int64_t windows)
      : problem_(problem),
        windows_(windows),
        elements_(problem.elements()),
        stretch_(std::max<int64_t>(8, kNearestNumbers * 3 / 2 / problem.block_width())),
        ends_(elements_ + 1, &nothing_),
        terms_(windows * problem.out) {}

  void Fill(const float* dp, const int32_t* at) {
    int64_t filled = 0;
    for (int64_t first = 0; first < problem_.out; first += stretch_) {
      const int64_t channels = std::min(stretch_, problem_.out - first);
      for (int64_t window = 0; window < windows_; window++) {
        const int64_t offset = window * problem_.out + first;
        for (int64_t element = 0; element < elements_; element++) {
          marks_.push_back(filled);
          ends_[element] = &terms_[filled];
          filled += CountOf(dp + offset, at + offset, static_cast<int32_t>(element), channels);
        }
        Sort(dp + offset, at + offset, first, channels);
      }
    }
    marks_.push_back(filled);
  }

  int64_t stretches() const { return (problem_.out + stretch_ - 1) / stretch_; }
  /** The index of the first term of each element of each window, followed by the end of the last one's terms. */
  const int64_t* marks(int64_t stretch) const { return &marks_[stretch * windows_ * elements_]; }
  const Term* data() const { return terms_.data(); }

 private:
  /** Sorts the channels of a window by element. */
  void Sort(const float* dp, const int32_t* at, int64_t first, int64_t channels) {
    int32_t row = static_cast<int32_t>(first * problem_.block_width());
    for (int64_t c = 0; c < channels; c++, row += problem_.block_width()) {
      const bool has_gradient = at[c] >= 0 && dp[c] != 0;
      const int64_t element = has_gradient ? at[c] : elements_;
      *ends_[element] = {row, dp[c]};
      ends_[element] += has_gradient;
    }
  }

  const Problem& problem_;
  const int64_t windows_, elements_, stretch_;
  /** The address of each element's next term. Channels without a gradient are written to `nothing_`. */
  Term nothing_;
  std::vector<Term*> ends_;
  const Aligned<Term> terms_;
  std::vector<int64_t> marks_;
};

/** Computes dx of some examples. */
void SumInputs(const Problem& problem, const float* slabs, const float* dp, const int32_t* at, int64_t examples, float* dx) {
  const std::vector<int32_t> window_starts = problem.WindowStarts(examples);
  const std::vector<int32_t> element_starts = problem.ElementStarts();
  const Aligned<float> padded(problem.scratch(examples));
  padded.Clear();
  InputTerms terms(problem, examples * problem.windows());
  terms.Fill(dp, at);
  const int64_t stretches = terms.stretches();
  for (int64_t slab = 0; slab < problem.slabs(); slab++) {
    const float* rows = slabs + slab * problem.slab(problem.out);
    const int64_t vectors = problem.vectors_of(slab % problem.blocks());
    for (int64_t stretch = 0; stretch < stretches; stretch++) {
      const int64_t* mark = terms.marks(stretch);
      for (const int32_t window : window_starts) {
        float* sum = &padded[window + problem.offset_of(slab)];
        for (const int32_t element : element_starts) {
          AddTerms(sum + element, rows, terms.data() + mark[0], mark[1] - mark[0], vectors);
          mark++;
        }
      }
    }
  }
  for (int64_t i = 0; i < examples; i++) problem.CopyOut(&padded[i * problem.padded()], dx + i * problem.image());
}

/** Copies the weights into slabs. */
void FillSlabs(const Problem& problem, const float* w, float* slabs) {
  ParallelFor(problem.slabs(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t slab = begin; slab < end; slab++) {
      float* rows = slabs + slab * problem.slab(problem.out);
      EachWeight(problem, slab, 0, problem.out, [=](int64_t to, int64_t from) { rows[to] = w[from]; });
    }
  });
}

void Compute(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context, stopwatch);
  const Tensor x = call.Input(0);
  const Tensor w = call.Input(1);
  const Tensor dp = call.Input(2);
  const Tensor at = call.Input(3);
  if (call.failed()) return;
  const Shape shape = x.shape();
  const Problem problem = ProblemOf(geometry, shape, dp.shape());
  const Tensor dx = call.Output(0, TF_FLOAT, shape);
  if (call.failed()) return;
  const Aligned<float> slabs(problem.slabs() * problem.slab(problem.out));
  slabs.Clear();
  FillSlabs(problem, w.data(), slabs.data());
  // Several pieces for each thread, because a thread may start late.
  const int64_t piece = std::min(problem.group(), std::max<int64_t>(1, shape[0] / (4 * Threads())));
  ParallelFor(shape[0], piece, [&](int64_t begin, int64_t end) {
    for (int64_t start = begin; start < end; start += piece) {
      const int64_t offset = start * problem.pooled();
      SumInputs(problem, slabs.data(), dp.data() + offset, at.data<int32_t>() + offset, std::min(piece, end - start),
                dx.data() + start * problem.image());
    }
  });
}

}  // namespace

void RegisterPooledInputGradient(TF_Status* status) {
  Register({"ThresherPooledConvGradInput",
            {"x: float", "w: float", "dp: float", "at: int32"},
            {"dx: float"},
            {"geometry: list(int)"},
            ShapesOfFirstInput<1>,
            CreateGeometry,
            Compute,
            Destroy<Geometry>},
           status);
}

}  // namespace thresher
