#pragma once

#include "tensorflow/c/tf_status.h"

namespace thresher {

// Each registers its ops in TensorFlow. If the status is already a failure, it does nothing.

void RegisterGrda(TF_Status* status);
void RegisterProduct(TF_Status* status);
void RegisterNormalise(TF_Status* status);
void RegisterRectifiedGradient(TF_Status* status);
void RegisterClassification(TF_Status* status);
void RegisterMaxPool(TF_Status* status);
void RegisterPooledFilterGradient(TF_Status* status);
void RegisterPooledInputGradient(TF_Status* status);
void RegisterBatchNorm(TF_Status* status);
void RegisterDropout(TF_Status* status);
void RegisterSparseProduct(TF_Status* status);

}  // namespace thresher
