// ThresherPoolRectified(y) -> (p, at): p = maxpool(y) of a rectified y, and `at`, the index of the largest element in its window, row by
// row, or -1 if no element is above zero, so that there is no gradient. y [batch, height, width, out], p and at [batch, rows, columns,
// out]; float32, except `at`, which is int32. Windows do not overlap. If elements are equal, the first one counts. NaN propagates.

#include "ops.h"
#include "parallel-for.h"
#include "pooled-geometry.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherPoolRectified");

enum Output { kPooled, kAt };

/** Pools one window in all channels. A sum of numbers that are not negative is NaN only if one of them is NaN. */
FOR_EACH_PROCESSOR
void Pool(const float* const* window, int32_t elements, float* p, int32_t* at, float* sums, int64_t channels) {
#pragma omp simd
  for (int64_t c = 0; c < channels; c++) {
    const float y = window[0][c];
    at[c] = y > 0 ? 0 : -1;
    p[c] = y;
    sums[c] = y;
  }
  for (int32_t element = 1; element < elements; element++) {
    const float* y = window[element];
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      at[c] = y[c] > p[c] ? element : at[c];
      p[c] = y[c] > p[c] ? y[c] : p[c];
      sums[c] += y[c];
    }
  }
#pragma omp simd
  for (int64_t c = 0; c < channels; c++) p[c] = sums[c] == sums[c] ? p[c] : sums[c];
}

/** The same for windows of 2 x 2, in one pass. */
FOR_EACH_PROCESSOR
void PoolFour(const float* const* window, float* p, int32_t* at, int64_t channels) {
  const float *y0 = window[0], *y1 = window[1], *y2 = window[2], *y3 = window[3];
#pragma omp simd
  for (int64_t c = 0; c < channels; c++) {
    const float first = y0[c];
    const float second = y1[c] > first ? y1[c] : first;
    const float third = y2[c] > second ? y2[c] : second;
    const float largest = y3[c] > third ? y3[c] : third;
    int32_t place = first > 0 ? 0 : -1;
    place = y1[c] > first ? 1 : place;
    place = y2[c] > second ? 2 : place;
    place = y3[c] > third ? 3 : place;
    const float sum = (first + y1[c]) + (y2[c] + y3[c]);
    p[c] = sum == sum ? largest : sum;
    at[c] = place;
  }
}

void Compute(void* kernel, TF_OpKernelContext* context) {
  const auto& geometry = *static_cast<Geometry*>(kernel);
  Call call(context, stopwatch);
  const Tensor y = call.Input(0);
  if (call.failed()) return;
  const Shape whole = y.shape();
  const Shape pooled = {whole[0], whole[1] / geometry.pool_height, whole[2] / geometry.pool_width, whole[3]};
  const Tensor p = call.Output(kPooled, TF_FLOAT, pooled);
  const Tensor at = call.Output(kAt, TF_INT32, pooled);
  if (call.failed()) return;
  const int64_t channels = pooled[3];
  ParallelFor(pooled[0] * pooled[1], 4, [&](int64_t begin, int64_t end) {
    std::vector<const float*> window(geometry.pool_height * geometry.pool_width);
    std::vector<float> sums(channels);
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
        float* p_here = p.data() + offset;
        int32_t* at_here = at.data<int32_t>() + offset;
        if (window.size() == 4) {
          PoolFour(window.data(), p_here, at_here, channels);
        } else {
          Pool(window.data(), static_cast<int32_t>(window.size()), p_here, at_here, sums.data(), channels);
        }
      }
    }
  });
}

}  // namespace

void RegisterMaxPool(TF_Status* status) {
  Register({"ThresherPoolRectified",
            {"y: float"},
            {"p: float", "at: int32"},
            {"geometry: list(int)"},
            UnknownShapes,
            CreateGeometry,
            Compute,
            Destroy<Geometry>},
           status);
}

}  // namespace thresher
