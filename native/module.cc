// A module of Node that adds Thresher's own ops to the TensorFlow of the process: register(threads).

#include <node_api.h>

#include "ops.h"
#include "parallel-for.h"

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
  thresher::RegisterMaxPool(status);
  thresher::RegisterPooledFilterGradient(status);
  thresher::RegisterPooledInputGradient(status);
  thresher::RegisterBatchNorm(status);
  if (TF_GetCode(status) != TF_OK) napi_throw_error(env, nullptr, TF_Message(status));
  TF_DeleteStatus(status);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "register", NAPI_AUTO_LENGTH, Register, nullptr, &function) != napi_ok ||
      napi_set_named_property(env, exports, "register", function) != napi_ok) {
    return nullptr;
  }
  return exports;
}
