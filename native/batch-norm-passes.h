#pragma once

#include <cstdint>

namespace thresher {

// The passes of batch normalization over [rows, channels] float32. NaN propagates.

/** Per channel: z = (x - mean) scale + beta. */
struct Affine {
  const float *mean, *scale, *beta;
};

/** Per channel: dx = scale (dz - mean_dz - (x - mean) slope). */
struct Gradient {
  const float *mean_dz, *slope;
};

/** sums += x - pivot, squares += (x - pivot)^2. A pivot within the data avoids cancellation (Chan, Golub and LeVeque 1983, eq. 2.1). */
void AddMoments(const float* x, const float* pivot, int64_t rows, int64_t channels, float* sums, float* squares);

/** y = z, or relu(z). */
void Normalise(const float* x, Affine by, int64_t rows, int64_t channels, bool rectify, float* y);

/** y = relu(z + addend). `y` may be `addend` itself. */
void NormaliseAndAdd(const float* x, Affine by, const float* addend, int64_t rows, int64_t channels, float* y);

/** sums += dz, products += dz (x - mean), where dz = dy for y = z, and dz = dy where z > 0 and else 0 for y = relu(z). */
void AddGradients(const float* dy, const float* x, Affine by, int64_t rows, int64_t channels, bool rectify, float* sums,
                  float* products);

/** The same for y = relu(z + addend): dz = dy where y > 0 and else 0. Stores `dz`, which may be `dy` itself. */
void AddGradientsOfSum(const float* dy, const float* x, const float* y, const float* mean, int64_t rows, int64_t channels,
                       float* dz, float* sums, float* products);

/** Computes dx for y = z or relu(z). `dx` may be `dy` itself. */
void InputGradient(const float* dy, const float* x, Affine by, Gradient gradient, int64_t rows, int64_t channels, bool rectify,
              float* dx);

/** Computes dx from the dz that AddGradientsOfSum stored. */
void InputGradientOfSum(const float* dz, const float* x, const float* mean, const float* scale, Gradient gradient, int64_t rows,
                 int64_t channels, float* dx);

}  // namespace thresher
