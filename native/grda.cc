// ThresherGrda(v, g, rate, l1) -> (accumulator, weights): one step of gRDA on one variable, in one pass over memory (Chao, Wang,
// Xing and Cheng, "Directional Pruning of Deep Neural Networks", NeurIPS 2020, algorithm 1):
//
//   accumulator = v - rate g,   weights = accumulator - min(max(accumulator, -l1), l1)
//
// float32; v and g of one shape, rate and l1 scalars. The bits are those of the five kernels it stands for.

#include "grda.h"

#include <vector>

#include "parallel-for.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace thresher {
namespace {

enum Input { kV, kGradient, kRate, kL1 };
enum Output { kAccumulator, kWeights };

/** Numbers a thread takes at once: of four arrays, some hundred kilobytes, which its cache holds. */
constexpr int64_t kPiece = 16384;

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

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

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  operator TF_Status*() const { return status_; }
  bool ok() const { return TF_GetCode(status_) == TF_OK; }

 private:
  TF_Status* status_;
};

/** A reference to a tensor's memory. */
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor) {}
  Tensor(TF_OpKernelContext* context, int input, TF_Status* status) : tensor_(nullptr) {
    TF_GetInput(context, input, &tensor_, status);
  }
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor_)); }
  int64_t count() const { return TF_TensorElementCount(tensor_); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> shape;
    for (int axis = 0; axis < TF_NumDims(tensor_); axis++) shape.push_back(TF_Dim(tensor_, axis));
    return shape;
  }

 private:
  TF_Tensor* tensor_;
};

void Compute(void*, TF_OpKernelContext* context) {
  Status status;
  const auto failed = [&] {
    if (!status.ok()) TF_OpKernelContext_Failure(context, status);
    return !status.ok();
  };
  const Tensor v(context, kV, status);
  if (failed()) return;
  const std::vector<int64_t> shape = v.shape();
  const int64_t count = v.count();
  // The gradient's memory becomes the accumulator's, unless somebody else still needs it: asked before it is held here.
  const int candidate = kGradient;
  const Tensor accumulator(TF_ForwardInputOrAllocateOutput(context, &candidate, 1, kAccumulator, shape.data(),
                                                           static_cast<int>(shape.size()), nullptr, status));
  if (failed()) return;
  const Tensor weights(TF_AllocateOutput(context, kWeights, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                         count * sizeof(float), status));
  if (failed()) return;
  const Tensor gradient(context, kGradient, status);
  if (failed()) return;
  const Tensor rate(context, kRate, status);
  if (failed()) return;
  const Tensor l1(context, kL1, status);
  if (failed()) return;
  if (gradient.count() != count) {
    TF_SetStatus(status, TF_INVALID_ARGUMENT, "ThresherGrda: v and g differ in size");
    failed();
    return;
  }
  const float* from = v.data();
  const float* g = gradient.data();
  float* to = accumulator.data();
  float* w = weights.data();
  const float rate_value = *rate.data();
  const float l1_value = *l1.data();
  ParallelFor(count, kPiece, [=](int64_t begin, int64_t end) {
    Step(from + begin, g + begin, rate_value, l1_value, to + begin, w + begin, end - begin);
  });
}

void InferShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, kV, shape, status);
  for (const int output : {kAccumulator, kWeights}) {
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

}  // namespace

void RegisterGrda(TF_Status* status) {
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder("ThresherGrda");
  for (const char* input : {"v: float", "g: float", "rate: float", "l1: float"}) {
    TF_OpDefinitionBuilderAddInput(op, input);
  }
  for (const char* output : {"accumulator: float", "weights: float"}) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, InferShapes);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_KernelBuilder* kernel = TF_NewKernelBuilder("ThresherGrda", "CPU", nullptr, Compute, nullptr);
  TF_RegisterKernelBuilder("ThresherGrda", kernel, status);
}

}  // namespace thresher
