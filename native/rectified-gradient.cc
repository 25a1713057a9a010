// ThresherRectifiedGradient(dy, y) -> (dz, dbias): the gradients behind y = relu(z), z = ... + bias, channels last, in one pass:
//
//   dz = dy where y > 0 and else 0,   dbias = the sum of dz over all rows
//
// float32. Rows are summed in parts that depend only on the shape, and the parts are added in order.

#include <algorithm>
#include <vector>

#include "kernel.h"
#include "ops.h"
#include "parallel-for.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherRectifiedGradient");

/** Numbers in a part: few enough for accurate sums and for all threads to get some. */
constexpr int64_t kPart = 16384;

/** `dz` may be `dy` itself. */
FOR_EACH_PROCESSOR
void AddRows(const float* dy, const float* y, int64_t rows, int64_t channels, float* dz, float* sums) {
  for (int64_t r = 0; r < rows; r++, dy += channels, y += channels, dz += channels) {
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float gradient = y[c] > 0 ? dy[c] : 0;
      dz[c] = gradient;
      sums[c] += gradient;
    }
  }
}

void* Create(TF_OpKernelConstruction*) { return nullptr; }
void Delete(void*) {}

void Compute(void*, TF_OpKernelContext* context) {
  enum Input { kDy, kY };
  enum Output { kDz, kDbias };
  Call call(context, stopwatch);
  const Tensor y = call.Input(kY);
  if (call.failed()) return;
  const Shape shape = y.shape();
  const int64_t channels = shape.back(), rows = y.count() / channels;
  const Tensor dz = call.OutputInPlaceOf(kDy, kDz, shape);
  const Tensor dbias = call.Output(kDbias, TF_FLOAT, {channels});
  const Tensor dy = call.Input(kDy);
  if (call.failed()) return;
  const int64_t part = std::max<int64_t>(1, kPart / channels), parts = (rows + part - 1) / part;
  std::vector<float> sums(parts * channels);
  ParallelFor(parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; p++) {
      const int64_t first = p * part, place = first * channels;
      AddRows(dy.data() + place, y.data() + place, std::min(part, rows - first), channels, dz.data() + place, &sums[p * channels]);
    }
  });
  std::vector<double> totals(channels);
  for (int64_t p = 0; p < parts; p++) {
    for (int64_t c = 0; c < channels; c++) totals[c] += sums[p * channels + c];
  }
  std::copy(totals.begin(), totals.end(), dbias.data());
}

}  // namespace

void RegisterRectifiedGradient(TF_Status* status) {
  Register({"ThresherRectifiedGradient", {"dy: float", "y: float"}, {"dz: float", "dbias: float"}, {}, UnknownShapes, Create, Compute, Delete},
           status);
}

}  // namespace thresher
