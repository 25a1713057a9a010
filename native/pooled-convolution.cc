// The gradients of a convolution whose rectified output goes into max pooling alone: p = maxpool(y), y = relu(x * w + b). Of
// each window of y, one element has a gradient at most, and none where the largest is zero. Other libraries fill y's gradient with
// zeros and multiply by them; here only what is not zero is multiplied, a quarter of it for windows of 2 x 2.
//
//   ThresherPooledConvGradFilter(x, dp, at) -> (dw, db)
//   ThresherPooledConvGradInput(x, w, dp, at) -> dx   x for its shape
//
// dp is the gradient at p, `at` as ThresherPoolRectified gives it, x [batch, height, width, in], w [height, width, in, out], all float32
// but `at`, int32. Sums are taken in an order that follows from the shapes alone, so bits do not depend on threads.
//
// Both are sums of rows: of inputs for each channel of the filter, of weights for each element of each window. What is summed stays in
// registers; the rows, some of them at a time, stay in the first-level cache, where all sums that need them follow one another.

#include "ops.h"
#include "parallel-for.h"
#include "pooled-geometry.h"

namespace thresher {
namespace {

/** As many terms or more, in an odd number of cache lines: those of one place in each of several such lists share no place in the cache. */
inline int64_t OddLines(int64_t terms) {
  constexpr int64_t kLine = 64 / sizeof(Term);
  return (terms / kLine + 1 | 1) * kLine;
}

/** The terms of some channels over the windows of a group of examples, in stretches of windows whose inputs are near together. */
class FilterTerms {
 public:
  FilterTerms(const Problem& problem, int64_t first, int64_t channels, int64_t examples)
      : problem_(problem),
        first_(first),
        channels_(channels),
        windows_(examples * problem.windows()),
        room_(OddLines(windows_)),
        starts_(problem.ElementStarts()),
        terms_(channels * room_),
        counts_(channels) {
    const int64_t row = std::min(problem.in * problem.geometry.stride_x, problem.block_width());
    stretch_ = std::max<int64_t>(8, kNearestNumbers / (problem.elements() * row));
    marks_.resize(((windows_ + stretch_ - 1) / stretch_ + 1) * channels);
  }

  void Fill(const float* dp, const int32_t* at, int64_t examples, float* db) {
    std::fill(counts_.begin(), counts_.end(), 0);
    stretches_ = 0;
    const int64_t windows = problem_.windows();
    for (int64_t window = 0; window < examples * windows; window++) {
      if (window % stretch_ == 0) Mark();
      const int32_t start =
          static_cast<int32_t>(window / windows * problem_.padded() + problem_.StartOfWindow(window % windows));
      const int64_t offset = window * problem_.out + first_;
      for (int64_t c = 0; c < channels_; c++) {
        const int32_t element = at[offset + c];
        const float factor = element < 0 ? 0 : dp[offset + c];
        terms_[c * room_ + counts_[c]] = {start + starts_[std::max(element, 0)], factor};
        counts_[c] += factor != 0;
        db[c] += factor;
      }
    }
    Mark();
    stretches_--;
  }

  int64_t stretches() const { return stretches_; }
  const Term* begin(int64_t stretch, int64_t channel) const { return &terms_[channel * room_ + marks_[stretch * channels_ + channel]]; }
  int64_t count(int64_t stretch, int64_t channel) const {
    return marks_[(stretch + 1) * channels_ + channel] - marks_[stretch * channels_ + channel];
  }

 private:
  void Mark() { std::copy(counts_.begin(), counts_.end(), marks_.begin() + stretches_++ * channels_); }

  const Problem& problem_;
  const int64_t first_, channels_, windows_, room_;
  int64_t stretch_, stretches_ = 0;
  const std::vector<int32_t> starts_;
  Aligned<Term> terms_;
  std::vector<int64_t> counts_, marks_;
};

/** dw and db of the channels [first, first + channels), example after example. */
void SumChannels(const Problem& problem, int64_t examples, const float* x, const float* dp, const int32_t* at, int64_t first,
                 int64_t channels, float* dw, float* db) {
  const int64_t group = std::min(problem.group(), examples);
  const Aligned<float> padded(problem.scratch(group));
  std::fill_n(padded.data(), problem.scratch(group), 0.0f);
  const int64_t numbers = problem.slabs() * problem.slab(channels);
  const Aligned<float> sums(numbers);
  std::fill_n(sums.data(), numbers, 0.0f);
  FilterTerms terms(problem, first, channels, group);
  for (int64_t start = 0; start < examples; start += group) {
    const int64_t count = std::min(group, examples - start);
    for (int64_t i = 0; i < count; i++) problem.CopyIn(x + (start + i) * problem.image(), &padded[i * problem.padded()]);
    terms.Fill(dp + start * problem.pooled(), at + start * problem.pooled(), count, db + first);
    for (int64_t slab = 0; slab < problem.slabs(); slab++) {
      float* sum = &sums[slab * problem.slab(channels)];
      for (int64_t stretch = 0; stretch < terms.stretches(); stretch++) {
        for (int64_t c = 0; c < channels; c++) {
          AddTerms(sum + c * problem.block_width(), &padded[problem.offset_of(slab)], terms.begin(stretch, c), terms.count(stretch, c),
                   problem.vectors_of(slab % problem.blocks()));
        }
      }
    }
  }
  for (int64_t slab = 0; slab < problem.slabs(); slab++) {
    const float* sum = &sums[slab * problem.slab(channels)];
    EachWeight(problem, slab, first, channels, [=](int64_t from, int64_t to) { dw[to] = sum[from]; });
  }
}

void ComputeGradFilter(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context);
  const Tensor x = call.Input(0);
  const Tensor dp = call.Input(1);
  const Tensor at = call.Input(2);
  if (call.failed()) return;
  const Problem problem = ProblemOf(geometry, x.shape(), dp.shape());
  const Tensor dw = call.Output(0, TF_FLOAT, {geometry.kernel_height, geometry.kernel_width, problem.in, problem.out});
  const Tensor db = call.Output(1, TF_FLOAT, {problem.out});
  if (call.failed()) return;
  std::fill_n(db.data(), problem.out, 0.0f);
  const int64_t examples = x.shape()[0];
  ParallelFor(problem.out, (problem.out + Threads() - 1) / Threads(), [&](int64_t first, int64_t last) {
    SumChannels(problem, examples, x.data(), dp.data(), at.data<int32_t>(), first, last - first, dw.data(), db.data());
  });
}

/** Weights as slabs. */
void FillSlabs(const Problem& problem, const float* w, float* slabs) {
  ParallelFor(problem.slabs(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t slab = begin; slab < end; slab++) {
      float* rows = slabs + slab * problem.slab(problem.out);
      std::fill_n(rows, problem.slab(problem.out), 0.0f);
      EachWeight(problem, slab, 0, problem.out, [=](int64_t to, int64_t from) { rows[to] = w[from]; });
    }
  });
}

/** Channels that give the element a gradient. */
FOR_EACH_PROCESSOR
int64_t CountOf(const float* dp, const int32_t* at, int32_t element, int64_t channels) {
  int32_t count = 0;
#pragma omp simd reduction(+ : count)
  for (int64_t c = 0; c < channels; c++) count += (at[c] == element) & (dp[c] != 0);
  return count;
}

/** For each element of each window of some examples the channels that took it, in stretches of channels whose weights are near together. */
class InputTerms {
 public:
  InputTerms(const Problem& problem, int64_t examples)
      : problem_(problem),
        stretch_(std::max<int64_t>(8, kNearestNumbers * 3 / 2 / problem.block_width())),
        elements_(problem.elements()),
        ends_(elements_ + 1, &nothing_),
        terms_(examples * problem.pooled() + 1),
        marks_((stretches() * elements_ + 1) * examples * problem.windows() + 1) {}

  void Fill(const float* dp, const int32_t* at, int64_t windows) {
    int64_t mark = 0;
    int64_t filled = 0;
    for (int64_t window = 0; window < windows; window++) {
      for (int64_t first = 0; first < problem_.out; first += stretch_) {
        const int64_t count = std::min(stretch_, problem_.out - first);
        const int64_t offset = window * problem_.out + first;
        for (int64_t element = 0; element < elements_; element++) {
          marks_[mark++] = filled;
          ends_[element] = &terms_[filled];
          filled += CountOf(dp + offset, at + offset, static_cast<int32_t>(element), count);
        }
        for (int64_t c = 0; c < count; c++) {
          const bool has_gradient = at[offset + c] >= 0 && dp[offset + c] != 0;
          const int64_t element = has_gradient ? at[offset + c] : elements_;
          *ends_[element] = {static_cast<int32_t>((first + c) * problem_.block_width()), dp[offset + c]};
          ends_[element] += has_gradient;
        }
      }
    }
    marks_[mark] = filled;
  }

  int64_t stretches() const { return (problem_.out + stretch_ - 1) / stretch_; }
  const Term* begin(int64_t window, int64_t stretch, int64_t element) const { return &terms_[marks_[MarkOf(window, stretch, element)]]; }
  int64_t count(int64_t window, int64_t stretch, int64_t element) const {
    const int64_t mark = MarkOf(window, stretch, element);
    return marks_[mark + 1] - marks_[mark];
  }

 private:
  int64_t MarkOf(int64_t window, int64_t stretch, int64_t element) const {
    return (window * stretches() + stretch) * elements_ + element;
  }

  const Problem& problem_;
  const int64_t stretch_, elements_;
  /** By element: where its next term goes. What has no gradient goes nowhere. */
  Term nothing_;
  std::vector<Term*> ends_;
  Aligned<Term> terms_;
  std::vector<int64_t> marks_;
};

/** dx of some examples. */
void SumInputs(const Problem& problem, const float* slabs, const float* dp, const int32_t* at, int64_t examples, float* dx) {
  const int64_t windows = problem.windows();
  const std::vector<int32_t> starts = problem.ElementStarts();
  const Aligned<float> padded(problem.scratch(examples));
  std::fill_n(padded.data(), problem.scratch(examples), 0.0f);
  InputTerms terms(problem, examples);
  terms.Fill(dp, at, examples * windows);
  for (int64_t slab = 0; slab < problem.slabs(); slab++) {
    const float* rows = slabs + slab * problem.slab(problem.out);
    for (int64_t stretch = 0; stretch < terms.stretches(); stretch++) {
      for (int64_t window = 0; window < examples * windows; window++) {
        float* sum = &padded[window / windows * problem.padded() + problem.StartOfWindow(window % windows) + problem.offset_of(slab)];
        for (size_t element = 0; element < starts.size(); element++) {
          AddTerms(sum + starts[element], rows, terms.begin(window, stretch, element), terms.count(window, stretch, element),
                   problem.vectors_of(slab % problem.blocks()));
        }
      }
    }
  }
  for (int64_t i = 0; i < examples; i++) problem.CopyOut(&padded[i * problem.padded()], dx + i * problem.image());
}

void ComputeGradInput(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context);
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
  FillSlabs(problem, w.data(), slabs.data());
  // Several pieces a thread, as one may begin late.
  const int64_t piece = std::min(problem.group(), std::max<int64_t>(1, shape[0] / (4 * Threads())));
  ParallelFor(shape[0], piece, [&](int64_t begin, int64_t end) {
    for (int64_t start = begin; start < end; start += piece) {
      SumInputs(problem, slabs.data(), dp.data() + start * problem.pooled(), at.data<int32_t>() + start * problem.pooled(),
                std::min(piece, end - start), dx.data() + start * problem.image());
    }
  });
}

void UnknownShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

}  // namespace

void RegisterPooledConvolution(TF_Status* status) {
  Register({"ThresherPooledConvGradFilter",
            {"x: float", "dp: float", "at: int32"},
            {"dw: float", "db: float"},
            {"geometry: list(int)"},
            UnknownShapes,
            CreateGeometry,
            ComputeGradFilter,
            DeleteGeometry},
           status);
  Register({"ThresherPooledConvGradInput",
            {"x: float", "w: float", "dp: float", "at: int32"},
            {"dx: float"},
            {"geometry: list(int)"},
            ShapesOfFirstInput<1>,
            CreateGeometry,
            ComputeGradInput,
            DeleteGeometry},
           status);
}

}  // namespace thresher
