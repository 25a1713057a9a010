// Elementary functions of vectors, within a few units in the last place of a float.
#pragma once
#include "vector.h"

constexpr float INFINITE = __builtin_inff();

static inline Vector magnitude(Vector x) { return x < 0 ? -x : x; }

// Cody and Waite's reduction by ln 2 and the polynomial of Cephes (Moshier 1992).
static inline Vector exponential(Vector x) {
  Vector bounded = atMost(atLeast(x, splat(-87.33654f)), splat(88.72283f));
  // Adding 1.5 2^23 rounds to the nearest integer, which is then in the low bits.
  const float shift = 12582912.f;
  Vector shifted = bounded * 1.44269504f + shift;
  Vector n = shifted - shift;
  Vector r = bounded - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  Vector result = p * r * r + r + 1.f;
  // 2^n in two factors, because n may be 128.
  Integers integer = __builtin_convertvector(n, Integers);
  Integers half = integer >> 1;
  result = result * (Vector)((half + 127) << 23) * (Vector)((integer - half + 127) << 23);
  result = x > 88.72283f ? splat(INFINITE) : result;
  result = x < -87.33654f ? splat(0) : result;
  return x == x ? result : x;
}

// The natural logarithm of x, 1 <= x <= 2 (Cephes).
static inline Vector logarithm1to2(Vector x) {
  Integers isLarge = x > 1.41421356f;
  Vector e = isLarge ? splat(1) : splat(0);
  Vector r = (isLarge ? x * 0.5f : x) - 1.f;
  Vector z = r * r;
  Vector p = r * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * r + 1.1676998740e-1f;
  p = p * r - 1.2420140846e-1f;
  p = p * r + 1.4249322787e-1f;
  p = p * r - 1.6668057665e-1f;
  p = p * r + 2.0000714765e-1f;
  p = p * r - 2.4999993993e-1f;
  p = p * r + 3.3333331174e-1f;
  return r + (p * r * z - 0.5f * z) + e * 0.693147181f;
}

// log(1 + x), 0 <= x <= 1, accurate for small x: what 1 + x loses is put back (Kahan).
static inline Vector logarithmOfSum(Vector x) {
  Vector sum = x + 1.f;
  Vector lost = x - (sum - 1.f);
  return logarithm1to2(sum) + lost / sum;
}

// exp(x) - 1 without the cancellation near 0.
static inline Vector exponentialMinus1(Vector x) {
  Vector series = x * (1.f + x * (0.5f + x * (1.f / 6 + x * (1.f / 24 + x * (1.f / 120 + x * (1.f / 720))))));
  return magnitude(x) < 0.35f ? series : exponential(x) - 1.f;
}

static inline Vector sigmoid(Vector x) { return 1.f / (1.f + exponential(-x)); }

static inline Vector hyperbolicTangent(Vector x) {
  Vector size = magnitude(x);
  Vector z = x * x;
  Vector p = z * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  Vector small = p * z * x + x;
  Vector large = 1.f - 2.f / (exponential(2.f * size) + 1.f);
  return size < 0.625f ? small : x < 0 ? -large : large;
}

// Abramowitz and Stegun 7.1.26's form with the coefficients of Numerical Recipes' erfcc, whose relative error is below 1.2e-7 everywhere.
static inline Vector complementaryError(Vector x) {
  Vector size = magnitude(x);
  Vector t = 1.f / (1.f + 0.5f * size);
  const float c[] = {0.17087277f, -0.82215223f, 1.48851587f, -1.13520398f, 0.27886807f, -0.18628806f, 0.09678418f, 0.37409196f, 1.00002368f, -1.26551223f};
  Vector p = splat(c[0]);
  for (int i = 1; i < 10; i++) p = p * t + c[i];
  Vector result = t * exponential(p - size * size);
  return x < 0 ? 2.f - result : result;
}
