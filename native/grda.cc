// ThresherGrda(v, g, rate, l1) -> (accumulator, weights): one step of gRDA on one variable, in one pass over memory (Chao, Wang,
// Xing and Cheng, "Directional Pruning of Deep Neural Networks", NeurIPS 2020, algorithm 1):
//
//   accumulator = v - rate g,   weights = accumulator - min(max(accumulator, -l1), l1)
//
// float32; v and g of one shape, rate and l1 scalars. The bits are those of the five kernels it stands for.

#include "kernel.h"
#include "ops.h"
#include "parallel-for.h"

namespace thresher {
namespace {

enum Input { kV, kGradient, kRate, kL1 };
enum Output { kAccumulator, kWeights };

/** Numbers a thread takes at once: of four arrays, some hundred kilobytes, which its cache holds. */
constexpr int64_t kPiece = 16384;

/** `accumulator` may be `g` itself. */
FOR_EACH_PROCESSOR
void Step(const float* v, const float* g, float rate, float l1, float* accumulator, float* weights, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) {
    const float moved = v[i] - g[i] * rate;
    const float above = moved < -l1 ? -l1 : moved;
    const float clipped = above > l1 ? l1 : above;
    accumulator[i] = moved;
    weights[i] = moved - clipped;
  }
}

void Compute(void*, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor v = call.Input(kV);
  if (call.failed()) return;
  const Tensor accumulator = call.OutputInPlaceOf(kGradient, kAccumulator, v.shape());
  const Tensor weights = call.Output(kWeights, TF_FLOAT, v.shape());
  const Tensor gradient = call.Input(kGradient);
  const Tensor rate = call.Input(kRate);
  const Tensor l1 = call.Input(kL1);
  if (call.failed()) return;
  if (gradient.count() != v.count()) return call.Fail("ThresherGrda: v and g differ in size");
  ParallelFor(v.count(), kPiece, [&](int64_t begin, int64_t end) {
    Step(v.data() + begin, gradient.data() + begin, *rate.data(), *l1.data(), accumulator.data() + begin,
         weights.data() + begin, end - begin);
  });
}

}  // namespace

void RegisterGrda(TF_Status* status) {
  Register({"ThresherGrda",
            {"v: float", "g: float", "rate: float", "l1: float"},
            {"accumulator: float", "weights: float"},
            {},
            ShapesOfFirstInput<2>,
            nullptr,
            Compute,
            nullptr},
           status);
}

}  // namespace thresher
