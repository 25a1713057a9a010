// ThresherPoolRoute(y, p, dp) -> (g, at): where the gradient dp of p = maxpool(relu(...)) goes. g is dp where p is positive, since a
// rectified zero has no gradient, and `at` tells which element of its window was taken, counted row by row. y [batch, height, width,
// out], the others [batch, rows, columns, out]; float32 but `at`, int32. Windows do not meet.

#include "ops.h"
#include "parallel-for.h"
#include "pooled-geometry.h"

namespace thresher {
namespace {

/** One window of all channels: `at` counts its elements row by row, and of equal ones takes the first. */
FOR_EACH_PROCESSOR
void Route(const float* const* window, int elements, const float* p, const float* dp, float* g, int32_t* at, int64_t channels) {
  for (int64_t c = 0; c < channels; c++) at[c] = 0;
  for (int element = elements - 1; element >= 0; element--) {
    const float* y = window[element];
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) at[c] = y[c] == p[c] ? element : at[c];
  }
#pragma omp simd
  for (int64_t c = 0; c < channels; c++) g[c] = p[c] <= 0 ? 0 : dp[c];
}

/** The same for windows of 2 x 2, in one pass. */
FOR_EACH_PROCESSOR
void RouteFour(const float* const* window, const float* p, const float* dp, float* g, int32_t* at, int64_t channels) {
  const float *y0 = window[0], *y1 = window[1], *y2 = window[2];
#pragma omp simd
  for (int64_t c = 0; c < channels; c++) {
    const int32_t later = y1[c] == p[c] ? 1 : y2[c] == p[c] ? 2 : 3;
    at[c] = y0[c] == p[c] ? 0 : later;
    g[c] = p[c] <= 0 ? 0 : dp[c];
  }
}

void ComputeRoute(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context);
  const Tensor y = call.Input(0);
  const Tensor p = call.Input(1);
  if (call.failed()) return;
  const Shape whole = y.shape();
  const Shape pooled = p.shape();
  const Tensor g = call.OutputInPlaceOf(2, 0, pooled);
  const Tensor at = call.Output(1, TF_INT32, pooled);
  const Tensor dp = call.Input(2);
  if (call.failed()) return;
  const int64_t channels = pooled[3];
  ParallelFor(pooled[0] * pooled[1], 4, [&](int64_t begin, int64_t end) {
    std::vector<const float*> window(geometry.pool_height * geometry.pool_width);
    for (int64_t line = begin; line < end; line++) {
      const int64_t example = line / pooled[1];
      const int64_t top = line % pooled[1] * geometry.pool_height;
      for (int64_t column = 0; column < pooled[2]; column++) {
        for (size_t element = 0; element < window.size(); element++) {
          const int64_t row = top + element / geometry.pool_width;
          const int64_t place = column * geometry.pool_width + element % geometry.pool_width;
          window[element] = y.data() + ((example * whole[1] + row) * whole[2] + place) * channels;
        }
        const int64_t offset = (line * pooled[2] + column) * channels;
        const float* p_here = p.data() + offset;
        const float* dp_here = dp.data() + offset;
        float* g_here = g.data() + offset;
        int32_t* at_here = at.data<int32_t>() + offset;
        if (window.size() == 4) {
          RouteFour(window.data(), p_here, dp_here, g_here, at_here, channels);
        } else {
          Route(window.data(), static_cast<int>(window.size()), p_here, dp_here, g_here, at_here, channels);
        }
      }
    }
  });
}

void ShapesOfPooled(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 1, shape, status);
  for (int output = 0; output < 2 && TF_GetCode(status) == TF_OK; output++) {
    TF_ShapeInferenceContextSetOutput(context, output, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

}  // namespace

void RegisterPoolRoute(TF_Status* status) {
  Register({"ThresherPoolRoute",
            {"y: float", "p: float", "dp: float"},
            {"g: float", "at: int32"},
            {"geometry: list(int)"},
            ShapesOfPooled,
            CreateGeometry,
            ComputeRoute,
            DeleteGeometry},
           status);
}

}  // namespace thresher
