// ThresherNormalise(x, shift, factor) -> (x - shift) factor: images of bytes [..., channels] as float32, with a shift and a factor for each
// channel, or one for all, in one pass. It rounds as the three ops do that it replaces.

#include <algorithm>
#include <vector>

#include "kernel.h"
#include "ops.h"
#include "parallel-for.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherNormalise");

/** Bytes in a thread's piece of work, about. */
constexpr int64_t kPiece = 65536;

/** `shift` and `factor` [period] repeat. The last period may be incomplete. */
FOR_EACH_PROCESSOR
void Convert(const uint8_t* x, const float* shift, const float* factor, int64_t period, int64_t count, float* y) {
  for (int64_t first = 0; first < count; first += period, x += period, y += period) {
    const int64_t some = std::min(period, count - first);
#pragma omp simd
    for (int64_t i = 0; i < some; i++) y[i] = (static_cast<float>(x[i]) - shift[i]) * factor[i];
  }
}

void* Create(TF_OpKernelConstruction*) { return nullptr; }
void Delete(void*) {}

void Compute(void*, TF_OpKernelContext* context) {
  Call call(context, stopwatch);
  const Tensor x = call.Input(0), shift = call.Input(1), factor = call.Input(2);
  if (call.failed()) return;
  const Tensor y = call.Output(0, TF_FLOAT, x.shape());
  if (call.failed()) return;
  const int64_t channels = std::max(shift.count(), factor.count());
  if (channels % shift.count() != 0 || channels % factor.count() != 0 || x.count() % channels != 0) {
    return call.Fail("ThresherNormalise: shift and factor do not fit to the channels");
  }
  // Some vectors of every channel, so that the loop over a period needs no channel's index.
  const int64_t period = 8 * kLanes * channels;
  std::vector<float> shifts(period), factors(period);
  for (int64_t i = 0; i < period; i++) {
    shifts[i] = shift.data()[i % shift.count()];
    factors[i] = factor.data()[i % factor.count()];
  }
  const int64_t periods = (x.count() + period - 1) / period;
  ParallelFor(periods, std::max<int64_t>(1, kPiece / period), [&](int64_t begin, int64_t end) {
    const int64_t first = begin * period, last = std::min(end * period, x.count());
    Convert(x.data<uint8_t>() + first, shifts.data(), factors.data(), period, last - first, y.data() + first);
  });
}

}  // namespace

void RegisterNormalise(TF_Status* status) {
  Register({"ThresherNormalise",
            {"x: uint8", "shift: float", "factor: float"},
            {"y: float"},
            {},
            ShapesOfFirstInput<1>,
            Create,
            Compute,
            Delete},
           status);
}

}  // namespace thresher
