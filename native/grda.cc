// ThresherGrda(v, g, rate, l1) -> (accumulator, weights): one step of gRDA on one variable, in one pass over memory (Chao, Wang,
// Xing and Cheng, "Directional Pruning of Deep Neural Networks", NeurIPS 2020, algorithm 1):
//
//   accumulator = v - rate g,   weights = accumulator - min(max(accumulator, -l1), l1)
//
// float32; v and g have the same shape, rate and l1 are scalars. The bits equal those of the five kernels that it replaces. With the
// attribute `in_place` it overwrites v, the memory of a variable, which no other op may read then, and writes the weights over g.

#include "kernel.h"
#include "ops.h"
#include "parallel-for.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherGrda");

enum Input { kV, kGradient, kRate, kL1 };
enum Output { kAccumulator, kWeights };

/** Numbers in a thread's piece of work: four arrays of them take 256 KiB, which fit into its cache. */
constexpr int64_t kPiece = 16384;

/** `accumulator` may be `v` itself, and `accumulator` or `weights` may be `g` itself. */
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

void* Create(TF_OpKernelConstruction* construction) {
  auto* in_place = new bool(false);
  AttributeReader(construction).Read("in_place", in_place);
  return in_place;
}

void Compute(void* kernel, TF_OpKernelContext* context) {
  const bool in_place = *static_cast<bool*>(kernel);
  Call call(context, stopwatch);
  const Tensor v = call.Input(kV);
  if (call.failed()) return;
  const Tensor moved = in_place ? call.Input(kV) : call.OutputInPlaceOf(kGradient, kAccumulator, v.shape());
  if (in_place) call.SetOutput(kAccumulator, v);
  const Tensor weights =
      in_place ? call.OutputInPlaceOf(kGradient, kWeights, v.shape()) : call.Output(kWeights, TF_FLOAT, v.shape());
  const Tensor gradient = call.Input(kGradient);
  const Tensor rate = call.Input(kRate);
  const Tensor l1 = call.Input(kL1);
  if (call.failed()) return;
  if (gradient.count() != v.count()) return call.Fail("ThresherGrda: v and g differ in size");
  ParallelFor(v.count(), kPiece, [&](int64_t begin, int64_t end) {
    Step(v.data() + begin, gradient.data() + begin, *rate.data(), *l1.data(), moved.data() + begin,
         weights.data() + begin, end - begin);
  });
}

}  // namespace

void RegisterGrda(TF_Status* status) {
  Register({"ThresherGrda",
            {"v: float", "g: float", "rate: float", "l1: float"},
            {"accumulator: float", "weights: float"},
            {"in_place: bool = false"},
            ShapesOfFirstInput<2>,
            Create,
            Compute,
            Destroy<bool>},
           status);
}

}  // namespace thresher
