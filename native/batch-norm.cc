// Batch normalization in training, fused with the addition and the ReLU that often follow it, in as few passes over memory as possible
// (Ioffe and Szegedy 2015, algorithm 1). Channels last, float32.
//
//   ThresherBatchNorm(x, gamma, beta, mean, variance) -> (y, moved_mean, moved_variance, batch_mean, inverse)
//     y = gamma (x - batch_mean) inverse + beta, inverse = 1 / sqrt(batch variance + epsilon); y = relu(the same) if `rectify` is set
//   ThresherBatchNormAdd(x, gamma, beta, mean, variance, addend) -> the same, but y = relu(normalised x + addend)
//   ThresherBatchNormGrad(dy, x, gamma, beta, batch_mean, inverse) -> (dx, dgamma, dbeta)
//   ThresherBatchNormAddGrad(dy, x, y, gamma, batch_mean, inverse) -> (dx, dgamma, dbeta, daddend)
//
// `mean` and `variance` are the running statistics: moved = momentum running + (1 - momentum) batch, with the batch's unbiased variance.
// Rows are summed in parts that depend only on the shape, and the parts are added in order, so the bits do not depend on the threads.

#include <algorithm>
#include <cmath>
#include <utility>

#include "batch-norm-passes.h"
#include "kernel.h"
#include "ops.h"
#include "parallel-for.h"

namespace thresher {
namespace {

Stopwatch forward("ThresherBatchNorm");
Stopwatch backward("ThresherBatchNormGrad");

/** A row has the channels of one pixel of one example. */
struct Rows {
  int64_t count, channels;
  /** Rows of a part: few enough for accurate float32 sums, and enough parts for all threads. */
  int64_t part() const { return std::max<int64_t>(16, std::min<int64_t>(256, count / 16)); }
  int64_t parts() const { return (count + part() - 1) / part(); }
};

Rows RowsOf(const Shape& shape) { return {CountOf(shape) / shape.back(), shape.back()}; }

/** Calls `work(first row, count)` for pieces that cover all rows, on all threads. */
template <typename Work>
void EachPart(const Rows& rows, Work work) {
  ParallelFor(rows.parts(), 1, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * rows.part();
    work(first, std::min(end * rows.part(), rows.count) - first);
  });
}

/** Computes two sums for each channel. `add(first row, count, sums, other sums)` adds up one part. */
template <typename Add>
std::pair<std::vector<double>, std::vector<double>> SumParts(const Rows& rows, Add add) {
  const int64_t channels = rows.channels;
  std::vector<float> partial(2 * rows.parts() * channels);
  ParallelFor(rows.parts(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; part++) {
      float* sums = &partial[2 * part * channels];
      const int64_t first = part * rows.part();
      add(first, std::min(rows.part(), rows.count - first), sums, sums + channels);
    }
  });
  std::pair<std::vector<double>, std::vector<double>> totals{std::vector<double>(channels), std::vector<double>(channels)};
  for (int64_t part = 0; part < rows.parts(); part++) {
    const float* sums = &partial[2 * part * channels];
    for (int64_t c = 0; c < channels; c++) totals.first[c] += sums[c];
    for (int64_t c = 0; c < channels; c++) totals.second[c] += sums[channels + c];
  }
  return totals;
}

struct Attributes {
  float momentum = 0, epsilon = 0;
  bool rectify = false;
};

/** All of these ops have the same attributes; an op ignores those that it does not need. */
void* CreateAttributes(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  AttributeReader(construction)
      .Read("momentum", &attributes->momentum)
      .Read("epsilon", &attributes->epsilon)
      .Read("rectify", &attributes->rectify);
  return attributes;
}

void ComputeForward(void* kernel, TF_OpKernelContext* context) {
  enum Input { kX, kGamma, kBeta, kMean, kVariance, kAddend };
  enum Output { kY, kMovedMean, kMovedVariance, kBatchMean, kInverse };
  const auto& attributes = *static_cast<Attributes*>(kernel);
  Call call(context, forward);
  const bool adds = TF_NumInputs(context) > kAddend;
  const Tensor x = call.Input(kX), gamma = call.Input(kGamma), beta = call.Input(kBeta);
  const Tensor mean = call.Input(kMean), variance = call.Input(kVariance);
  if (call.failed()) return;
  const Shape shape = x.shape();
  const Rows rows = RowsOf(shape);
  const Tensor y = adds ? call.OutputInPlaceOf(kAddend, kY, shape) : call.Output(kY, TF_FLOAT, shape);
  const Tensor addend = call.Input(adds ? kAddend : kX);
  const Tensor moved_mean = call.Output(kMovedMean, TF_FLOAT, {rows.channels});
  const Tensor moved_variance = call.Output(kMovedVariance, TF_FLOAT, {rows.channels});
  const Tensor batch_mean = call.Output(kBatchMean, TF_FLOAT, {rows.channels});
  const Tensor inverse = call.Output(kInverse, TF_FLOAT, {rows.channels});
  if (call.failed()) return;
  const std::vector<float> pivot(x.data(), x.data() + rows.channels);
  const auto [sums, squares] = SumParts(rows, [&](int64_t first, int64_t count, float* sum, float* square) {
    AddMoments(x.data() + first * rows.channels, pivot.data(), count, rows.channels, sum, square);
  });
  std::vector<float> scale(rows.channels);
  const double count = static_cast<double>(rows.count);
  const float step = 1 - attributes.momentum;
  for (int64_t c = 0; c < rows.channels; c++) {
    const double offset = sums[c] / count;
    const double spread = std::max(0.0, squares[c] / count - offset * offset);
    const double unbiased = rows.count > 1 ? spread * count / (count - 1) : spread;
    batch_mean.data()[c] = static_cast<float>(pivot[c] + offset);
    inverse.data()[c] = static_cast<float>(1 / std::sqrt(spread + attributes.epsilon));
    scale[c] = gamma.data()[c] * inverse.data()[c];
    moved_mean.data()[c] = (1 - step) * mean.data()[c] + step * batch_mean.data()[c];
    moved_variance.data()[c] = (1 - step) * variance.data()[c] + step * static_cast<float>(unbiased);
  }
  const Affine by = {batch_mean.data(), scale.data(), beta.data()};
  EachPart(rows, [&](int64_t first, int64_t some) {
    const int64_t place = first * rows.channels;
    if (adds) return NormaliseAndAdd(x.data() + place, by, addend.data() + place, some, rows.channels, y.data() + place);
    Normalise(x.data() + place, by, some, rows.channels, attributes.rectify, y.data() + place);
  });
}

/** The values for each channel that are computed from the sums of dz and of dz (x - mean) over all rows. */
struct Backward {
  std::vector<float> scale, mean_dz, slope;

  Backward(const Rows& rows, const std::pair<std::vector<double>, std::vector<double>>& totals, const float* gamma,
           const float* inverse, float* dgamma, float* dbeta)
      : scale(rows.channels), mean_dz(rows.channels), slope(rows.channels) {
    const auto& [sums, products] = totals;
    const double count = static_cast<double>(rows.count);
    for (int64_t c = 0; c < rows.channels; c++) {
      dbeta[c] = static_cast<float>(sums[c]);
      dgamma[c] = static_cast<float>(products[c] * inverse[c]);
      scale[c] = gamma[c] * inverse[c];
      mean_dz[c] = static_cast<float>(sums[c] / count);
      slope[c] = static_cast<float>(products[c] * inverse[c] * inverse[c] / count);
    }
  }
};

void ComputeBackward(void* kernel, TF_OpKernelContext* context) {
  enum Input { kDy, kX, kGamma, kBeta, kBatchMean, kInverse };
  enum Output { kDx, kDgamma, kDbeta };
  const bool rectify = static_cast<Attributes*>(kernel)->rectify;
  Call call(context, backward);
  const Tensor x = call.Input(kX), gamma = call.Input(kGamma), beta = call.Input(kBeta);
  const Tensor mean = call.Input(kBatchMean), inverse = call.Input(kInverse);
  if (call.failed()) return;
  const Shape shape = x.shape();
  const Rows rows = RowsOf(shape);
  const Tensor dx = call.OutputInPlaceOf(kDy, kDx, shape);
  const Tensor dgamma = call.Output(kDgamma, TF_FLOAT, {rows.channels});
  const Tensor dbeta = call.Output(kDbeta, TF_FLOAT, {rows.channels});
  const Tensor dy = call.Input(kDy);
  if (call.failed()) return;
  std::vector<float> scale(rows.channels);
  for (int64_t c = 0; c < rows.channels; c++) scale[c] = gamma.data()[c] * inverse.data()[c];
  const Affine by = {mean.data(), scale.data(), beta.data()};
  const auto totals = SumParts(rows, [&](int64_t first, int64_t some, float* sums, float* products) {
    const int64_t place = first * rows.channels;
    AddGradients(dy.data() + place, x.data() + place, by, some, rows.channels, rectify, sums, products);
  });
  const Backward back(rows, totals, gamma.data(), inverse.data(), dgamma.data(), dbeta.data());
  EachPart(rows, [&](int64_t first, int64_t some) {
    const int64_t place = first * rows.channels;
    InputGradient(dy.data() + place, x.data() + place, by, {back.mean_dz.data(), back.slope.data()}, some, rows.channels, rectify,
             dx.data() + place);
  });
}

void ComputeBackwardOfSum(void*, TF_OpKernelContext* context) {
  enum Input { kDy, kX, kY, kGamma, kBatchMean, kInverse };
  enum Output { kDx, kDgamma, kDbeta, kDaddend };
  Call call(context, backward);
  const Tensor x = call.Input(kX), y = call.Input(kY), gamma = call.Input(kGamma);
  const Tensor mean = call.Input(kBatchMean), inverse = call.Input(kInverse);
  if (call.failed()) return;
  const Shape shape = x.shape();
  const Rows rows = RowsOf(shape);
  const Tensor dx = call.Output(kDx, TF_FLOAT, shape);
  const Tensor dgamma = call.Output(kDgamma, TF_FLOAT, {rows.channels});
  const Tensor dbeta = call.Output(kDbeta, TF_FLOAT, {rows.channels});
  const Tensor dz = call.OutputInPlaceOf(kDy, kDaddend, shape);
  const Tensor dy = call.Input(kDy);
  if (call.failed()) return;
  const auto totals = SumParts(rows, [&](int64_t first, int64_t some, float* sums, float* products) {
    const int64_t place = first * rows.channels;
    AddGradientsOfSum(dy.data() + place, x.data() + place, y.data() + place, mean.data(), some, rows.channels, dz.data() + place, sums,
                      products);
  });
  const Backward back(rows, totals, gamma.data(), inverse.data(), dgamma.data(), dbeta.data());
  EachPart(rows, [&](int64_t first, int64_t some) {
    const int64_t place = first * rows.channels;
    InputGradientOfSum(dz.data() + place, x.data() + place, mean.data(), back.scale.data(), {back.mean_dz.data(), back.slope.data()}, some,
                rows.channels, dx.data() + place);
  });
}

/** The first output has the shape of input `like`, and so has the fourth if `fourth_is_large`; the others have that of input `gamma`. */
template <int outputs, int like, int gamma, bool fourth_is_large>
void Shapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* large = TF_NewShapeHandle();
  TF_ShapeHandle* small = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, like, large, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextGetInput(context, gamma, small, status);
  for (int output = 0; output < outputs && TF_GetCode(status) == TF_OK; output++) {
    const bool is_large = output == 0 || (fourth_is_large && output == 3);
    TF_ShapeInferenceContextSetOutput(context, output, is_large ? large : small, status);
  }
  TF_DeleteShapeHandle(large);
  TF_DeleteShapeHandle(small);
}

}  // namespace

void RegisterBatchNorm(TF_Status* status) {
  const std::vector<const char*> attributes = {"momentum: float = 0", "epsilon: float = 0", "rectify: bool = false"};
  const std::vector<const char*> normalised = {"y: float", "moved_mean: float", "moved_variance: float", "batch_mean: float",
                                               "inverse: float"};
  const auto add = [&](const char* name, std::vector<const char*> inputs, std::vector<const char*> outputs,
                       void (*shapes)(TF_ShapeInferenceContext*, TF_Status*), void (*compute)(void*, TF_OpKernelContext*)) {
    Register({name, std::move(inputs), std::move(outputs), attributes, shapes, CreateAttributes, compute, Destroy<Attributes>}, status);
  };
  add("ThresherBatchNorm", {"x: float", "gamma: float", "beta: float", "mean: float", "variance: float"}, normalised,
      Shapes<5, 0, 1, false>, ComputeForward);
  add("ThresherBatchNormAdd", {"x: float", "gamma: float", "beta: float", "mean: float", "variance: float", "addend: float"}, normalised,
      Shapes<5, 0, 1, false>, ComputeForward);
  add("ThresherBatchNormGrad", {"dy: float", "x: float", "gamma: float", "beta: float", "batch_mean: float", "inverse: float"},
      {"dx: float", "dgamma: float", "dbeta: float"}, Shapes<3, 1, 2, false>, ComputeBackward);
  add("ThresherBatchNormAddGrad", {"dy: float", "x: float", "y: float", "gamma: float", "batch_mean: float", "inverse: float"},
      {"dx: float", "dgamma: float", "dbeta: float", "daddend: float"}, Shapes<4, 1, 3, true>, ComputeBackwardOfSum);
}

}  // namespace thresher
