// ThresherPooledConvGradFilter(x, dp, at) -> (dw, db): the gradients at the filter and the bias of a convolution whose rectified output is
// used by max pooling only, p = maxpool(y), y = relu(x * w + b). In each window of y at most one element has a gradient, and none has if
// the largest is zero. Other libraries fill y's gradient with zeros and multiply by them; this op multiplies only by the non-zeros,
// a quarter of the elements for windows of 2 x 2.
//
// dp is the gradient at p, `at` is the output of ThresherPoolRectified, x [batch, height, width, in], dw [height, width, in, out]; all are
// float32, except `at`, which is int32. The order of the sums depends only on the shapes, so the bits do not depend on the threads.
//
// The filter gradient of a channel is a sum of rows of inputs. The sum stays in registers. The rows, for a stretch of windows at a time,
// stay in the first-level cache, where one channel after the other uses them.

#include "ops.h"
#include "parallel-for.h"
#include "pooled-geometry.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherPooledConvGradFilter");

/** Rounds up to an odd number of cache lines, so that lists of this size do not all start in the same set of the cache. */
int64_t OddLines(int64_t terms) {
  constexpr int64_t kLine = 64 / sizeof(Term);
  return ((terms / kLine + 1) | 1) * kLine;
}

/** The terms of some channels for the windows of a group of examples, stretch by stretch. */
class FilterTerms {
 public:
  FilterTerms(const Problem& problem, int64_t first, int64_t channels, int64_t examples)
      : problem_(problem),
        first_(first),
        channels_(channels),
        room_(OddLines(examples * problem.windows())),
        window_starts_(problem.WindowStarts(examples)),
        element_starts_(problem.ElementStarts()),
        terms_(channels * room_),
        counts_(channels) {
    const int64_t row = std::min(problem.in * problem.geometry.stride_x, problem.block_width());
    stretch_ = std::max<int64_t>(8, kNearestNumbers / (problem.elements() * row));
    marks_.reserve((examples * problem.windows() / stretch_ + 2) * channels);
  }

  /** @param db the sums of the gradients are added to it */
  void Fill(const float* dp, const int32_t* at, int64_t examples, float* db) {
    std::fill(counts_.begin(), counts_.end(), 0);
    marks_.clear();
    for (int64_t window = 0; window < examples * problem_.windows(); window++) {
      if (window % stretch_ == 0) Mark();
      const int32_t start = window_starts_[window];
      const int64_t offset = window * problem_.out + first_;
      for (int64_t c = 0; c < channels_; c++) {
        const int32_t element = at[offset + c];
        const float factor = element < 0 ? 0 : dp[offset + c];
        terms_[c * room_ + counts_[c]] = {start + element_starts_[std::max(element, 0)], factor};
        counts_[c] += factor != 0;
        db[c] += factor;
      }
    }
    Mark();
  }

  int64_t stretches() const { return static_cast<int64_t>(marks_.size()) / channels_ - 1; }
  const Term* begin(int64_t stretch, int64_t channel) const {
    return &terms_[channel * room_ + marks_[stretch * channels_ + channel]];
  }
  int64_t count(int64_t stretch, int64_t channel) const {
    return marks_[(stretch + 1) * channels_ + channel] - marks_[stretch * channels_ + channel];
  }

 private:
  void Mark() { marks_.insert(marks_.end(), counts_.begin(), counts_.end()); }

  const Problem& problem_;
  const int64_t first_, channels_, room_;
  int64_t stretch_;
  const std::vector<int32_t> window_starts_, element_starts_;
  const Aligned<Term> terms_;
  /** The number of terms of each channel so far. Marks store these counts before each stretch and at the end. */
  std::vector<int64_t> counts_, marks_;
};

/** Computes dw and db of the channels [first, first + channels), one group of examples after the other. */
void SumChannels(const Problem& problem, int64_t examples, const float* x, const float* dp, const int32_t* at, int64_t first,
                 int64_t channels, float* dw, float* db) {
  const int64_t group = std::min(problem.group(), examples);
  const Aligned<float> padded(problem.scratch(group));
  padded.Clear();
  const Aligned<float> sums(problem.slabs() * problem.slab(channels));
  sums.Clear();
  FilterTerms terms(problem, first, channels, group);
  for (int64_t start = 0; start < examples; start += group) {
    const int64_t count = std::min(group, examples - start);
    for (int64_t i = 0; i < count; i++) problem.CopyIn(x + (start + i) * problem.image(), &padded[i * problem.padded()]);
    terms.Fill(dp + start * problem.pooled(), at + start * problem.pooled(), count, db + first);
    const int64_t stretches = terms.stretches();
    for (int64_t slab = 0; slab < problem.slabs(); slab++) {
      const float* rows = &padded[problem.offset_of(slab)];
      const int64_t vectors = problem.vectors_of(slab % problem.blocks());
      for (int64_t stretch = 0; stretch < stretches; stretch++) {
        float* sum = &sums[slab * problem.slab(channels)];
        for (int64_t c = 0; c < channels; c++, sum += problem.block_width()) {
          AddTerms(sum, rows, terms.begin(stretch, c), terms.count(stretch, c), vectors);
        }
      }
    }
  }
  for (int64_t slab = 0; slab < problem.slabs(); slab++) {
    const float* sum = &sums[slab * problem.slab(channels)];
    EachWeight(problem, slab, first, channels, [=](int64_t from, int64_t to) { dw[to] = sum[from]; });
  }
}

void Compute(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context, stopwatch);
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

}  // namespace

void RegisterPooledFilterGradient(TF_Status* status) {
  Register({"ThresherPooledConvGradFilter",
            {"x: float", "dp: float", "at: int32"},
            {"dw: float", "db: float"},
            {"geometry: list(int)"},
            UnknownShapes,
            CreateGeometry,
            Compute,
            Destroy<Geometry>},
           status);
}

}  // namespace thresher
