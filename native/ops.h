#pragma once

#include "tensorflow/c/tf_status.h"

namespace thresher {

// Each makes its ops known to TensorFlow, and does nothing where the status tells of a failure already.

void RegisterGrda(TF_Status* status);
void RegisterSmallProduct(TF_Status* status);
void RegisterMaxPool(TF_Status* status);
void RegisterPooledFilterGradient(TF_Status* status);
void RegisterPooledInputGradient(TF_Status* status);
void RegisterBatchNorm(TF_Status* status);
void RegisterDropout(TF_Status* status);

}  // namespace thresher
