#pragma once

#include "tensorflow/c/tf_status.h"

namespace thresher {

/** Makes the op ThresherGrda known to TensorFlow. */
void RegisterGrda(TF_Status* status);

}  // namespace thresher
