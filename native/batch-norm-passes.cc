#include "batch-norm-passes.h"

#include <cmath>

#include "kernel.h"

namespace thresher {

FOR_EACH_PROCESSOR
void AddMoments(const float* x, const float* pivot, int64_t rows, int64_t channels, float* sums, float* squares) {
  for (; rows >= 4; rows -= 4, x += 4 * channels) {
    const float *x1 = x + channels, *x2 = x1 + channels, *x3 = x2 + channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float d0 = x[c] - pivot[c], d1 = x1[c] - pivot[c], d2 = x2[c] - pivot[c], d3 = x3[c] - pivot[c];
      sums[c] += (d0 + d1) + (d2 + d3);
      squares[c] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
    }
  }
  for (; rows > 0; rows--, x += channels) {
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float d = x[c] - pivot[c];
      sums[c] += d;
      squares[c] += d * d;
    }
  }
}

FOR_EACH_PROCESSOR
void Normalise(const float* x, Affine by, int64_t rows, int64_t channels, bool rectify, float* y) {
  const float least = rectify ? 0 : -INFINITY;
  for (; rows > 0; rows--, x += channels, y += channels) {
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float z = (x[c] - by.mean[c]) * by.scale[c] + by.beta[c];
      y[c] = z < least ? least : z;
    }
  }
}

FOR_EACH_PROCESSOR
void NormaliseAndAdd(const float* x, Affine by, const float* addend, int64_t rows, int64_t channels, float* y) {
  for (; rows > 0; rows--, x += channels, addend += channels, y += channels) {
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float z = (x[c] - by.mean[c]) * by.scale[c] + by.beta[c] + addend[c];
      y[c] = z < 0 ? 0 : z;
    }
  }
}

FOR_EACH_PROCESSOR
void AddGradients(const float* dy, const float* x, Affine by, int64_t rows, int64_t channels, bool rectify, float* sums, float* products) {
  const float least = rectify ? 0 : -INFINITY;
  for (; rows > 0; rows--, x += channels, dy += channels) {
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float d = x[c] - by.mean[c];
      const float dz = d * by.scale[c] + by.beta[c] > least ? dy[c] : 0;
      sums[c] += dz;
      products[c] += dz * d;
    }
  }
}

FOR_EACH_PROCESSOR
void AddGradientsOfSum(const float* dy, const float* x, const float* y, const float* mean, int64_t rows, int64_t channels, float* dz,
                       float* sums, float* products) {
  for (; rows > 0; rows--, x += channels, y += channels, dy += channels, dz += channels) {
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float here = y[c] > 0 ? dy[c] : 0;
      dz[c] = here;
      sums[c] += here;
      products[c] += here * (x[c] - mean[c]);
    }
  }
}

FOR_EACH_PROCESSOR
void InputGradient(const float* dy, const float* x, Affine by, Gradient gradient, int64_t rows, int64_t channels, bool rectify, float* dx) {
  const float least = rectify ? 0 : -INFINITY;
  for (; rows > 0; rows--, x += channels, dy += channels, dx += channels) {
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float d = x[c] - by.mean[c];
      const float dz = d * by.scale[c] + by.beta[c] > least ? dy[c] : 0;
      dx[c] = by.scale[c] * (dz - gradient.mean_dz[c] - d * gradient.slope[c]);
    }
  }
}

FOR_EACH_PROCESSOR
void InputGradientOfSum(const float* dz, const float* x, const float* mean, const float* scale, Gradient gradient, int64_t rows,
                 int64_t channels, float* dx) {
  for (; rows > 0; rows--, x += channels, dz += channels, dx += channels) {
#pragma omp simd
    for (int64_t c = 0; c < channels; c++) {
      const float d = x[c] - mean[c];
      dx[c] = scale[c] * (dz[c] - gradient.mean_dz[c] - d * gradient.slope[c]);
    }
  }
}

}  // namespace thresher
