// ThresherCrossEntropy(logits, labels) -> (loss_sum, gradient_of_mean): cross-entropy of softmax(logits) [rows, classes], float32, with
//   labels [rows], int32: the sum of the rows' losses, and the gradient of their mean [rows, classes].
// ThresherCorrectCount(logits, labels) -> count: the number of rows that are largest at their label, the first of equal ones.
//
// Each replaces several ops whose work takes less time than starting them. A label outside of the classes gives a loss of NaN.

#include <algorithm>
#include <cmath>

#include "kernel.h"
#include "ops.h"

namespace thresher {
namespace {

Stopwatch loss("ThresherCrossEntropy");
Stopwatch metric("ThresherCorrectCount");

void* Create(TF_OpKernelConstruction*) { return nullptr; }
void Delete(void*) {}

/** The loss of one row. `gradient` becomes softmax(logits) - one-hot(label), times `weight`. */
double AddRow(const float* logits, int32_t label, int64_t classes, float weight, float* gradient) {
  const float largest = *std::max_element(logits, logits + classes);
  double sum = 0;
  for (int64_t c = 0; c < classes; c++) sum += gradient[c] = std::exp(logits[c] - largest);
  const float factor = static_cast<float>(weight / sum);
  for (int64_t c = 0; c < classes; c++) gradient[c] *= factor;
  if (label < 0 || label >= classes) return NAN;
  gradient[label] -= weight;
  return std::log(sum) - (logits[label] - largest);
}

void ComputeLoss(void*, TF_OpKernelContext* context) {
  Call call(context, loss);
  const Tensor logits = call.Input(0), labels = call.Input(1);
  if (call.failed()) return;
  const Shape shape = logits.shape();
  const int64_t rows = shape[0], classes = shape[1];
  const Tensor sum = call.Output(0, TF_FLOAT, {});
  const Tensor gradient = call.Output(1, TF_FLOAT, shape);
  if (call.failed()) return;
  if (labels.count() != rows) return call.Fail("ThresherCrossEntropy: logits and labels differ in their rows");
  double total = 0;
  for (int64_t r = 0; r < rows; r++) {
    const int64_t place = r * classes;
    total += AddRow(logits.data() + place, labels.data<int32_t>()[r], classes, 1.0f / static_cast<float>(rows), gradient.data() + place);
  }
  *sum.data() = static_cast<float>(total);
}

void ComputeMetric(void*, TF_OpKernelContext* context) {
  Call call(context, metric);
  const Tensor logits = call.Input(0), labels = call.Input(1);
  if (call.failed()) return;
  const int64_t rows = logits.shape()[0], classes = logits.shape()[1];
  const Tensor count = call.Output(0, TF_FLOAT, {});
  if (call.failed()) return;
  if (labels.count() != rows) return call.Fail("ThresherCorrectCount: logits and labels differ in their rows");
  int64_t correct = 0;
  for (int64_t r = 0; r < rows; r++) {
    const float* row = logits.data() + r * classes;
    correct += std::max_element(row, row + classes) - row == labels.data<int32_t>()[r];
  }
  *count.data() = static_cast<float>(correct);
}

}  // namespace

void RegisterClassification(TF_Status* status) {
  const std::vector<const char*> inputs = {"logits: float", "labels: int32"};
  Register({"ThresherCrossEntropy", inputs, {"loss_sum: float", "gradient_of_mean: float"}, {}, UnknownShapes, Create, ComputeLoss, Delete},
           status);
  Register({"ThresherCorrectCount", inputs, {"count: float"}, {}, UnknownShapes, Create, ComputeMetric, Delete}, status);
}

}  // namespace thresher
