// A native Node module that adds Thresher's own ops to the TensorFlow of the process:
//   register(threads)
//   lanes() -> the numbers in a register of this processor
//   milliseconds() -> for each op, the total time of its calls so far

#include <node_api.h>

#include "kernel.h"
#include "ops.h"
#include "parallel-for.h"
#include "stopwatches.h"

namespace {

napi_value Register(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t threads;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count != 1 ||
      napi_get_value_int32(env, argument, &threads) != napi_ok) {
    napi_throw_type_error(env, nullptr, "register takes a number of threads");
    return nullptr;
  }
  thresher::StartThreads(threads);
  TF_Status* status = TF_NewStatus();
  thresher::RegisterGrda(status);
  thresher::RegisterProduct(status);
  thresher::RegisterNormalise(status);
  thresher::RegisterRectifiedGradient(status);
  thresher::RegisterClassification(status);
  thresher::RegisterMaxPool(status);
  thresher::RegisterPooledFilterGradient(status);
  thresher::RegisterPooledInputGradient(status);
  thresher::RegisterBatchNorm(status);
  thresher::RegisterDropout(status);
  thresher::RegisterSparseProduct(status);
  if (TF_GetCode(status) != TF_OK) napi_throw_error(env, nullptr, TF_Message(status));
  TF_DeleteStatus(status);
  return nullptr;
}

napi_value Lanes(napi_env env, napi_callback_info) {
  napi_value lanes;
  return napi_create_int32(env, thresher::LanesOfProcessor(), &lanes) == napi_ok ? lanes : nullptr;
}

napi_value Milliseconds(napi_env env, napi_callback_info) {
  napi_value record;
  if (napi_create_object(env, &record) != napi_ok) return nullptr;
  for (const thresher::Stopwatch* stopwatch : thresher::Stopwatches()) {
    napi_value milliseconds;
    if (napi_create_double(env, static_cast<double>(stopwatch->nanoseconds) / 1e6, &milliseconds) != napi_ok ||
        napi_set_named_property(env, record, stopwatch->op, milliseconds) != napi_ok) {
      return nullptr;
    }
  }
  return record;
}

}  // namespace

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback function;
  } functions[] = {{"register", Register}, {"lanes", Lanes}, {"milliseconds", Milliseconds}};
  for (const auto& [name, function] : functions) {
    napi_value value;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value) != napi_ok ||
        napi_set_named_property(env, exports, name, value) != napi_ok) {
      return nullptr;
    }
  }
  return exports;
}
