#pragma once

#include <cstdint>

namespace thresher {

// Passes over rows of channels, [rows, channels] float32, as batch normalisation makes them. What is NaN stays so.

/** Per channel: z = (x - mean) scale + beta. */
struct Affine {
  const float *mean, *scale, *beta;
};

/** Per channel: dx = scale (dz - mean_dz - (x - mean) slope). */
struct Gradient {
  const float *mean_dz, *slope;
};

/** sums += x - pivot, squares += (x - pivot)^2: from a pivot within the data nothing cancels (Chan, Golub and LeVeque 1983, eq. 2.1). */
void AddMoments(const float* x, const float* pivot, int64_t rows, int64_t channels, float* sums, float* squares);

/** y = z, or relu(z). */
void Normalise(const float* x, Affine by, int64_t rows, int64_t channels, bool rectify, float* y);

/** y = relu(z + addend). `y` may be `addend` itself. */
void NormaliseAndAdd(const float* x, Affine by, const float* addend, int64_t rows, int64_t channels, float* y);

/** sums += dz, products += dz (x - mean), where dz is dy, or of relu(z) what of it goes to z. */
void AddGradients(const float* dy, const float* x, Affine by, int64_t rows, int64_t channels, bool rectify, float* sums,
                  float* products);

/** The same of y = relu(z + addend), where y tells what goes to z, and that is written down. `dz` may be `dy` itself. */
void AddGradientsOfSum(const float* dy, const float* x, const float* y, const float* mean, int64_t rows, int64_t channels,
                       float* dz, float* sums, float* products);

/** dx of y = z or relu(z). `dx` may be `dy` itself. */
void GiveBack(const float* dy, const float* x, Affine by, Gradient gradient, int64_t rows, int64_t channels, bool rectify,
              float* dx);

/** dx from dz as it was written down. */
void GiveBackSum(const float* dz, const float* x, const float* mean, const float* scale, Gradient gradient, int64_t rows,
                 int64_t channels, float* dx);

}  // namespace thresher
