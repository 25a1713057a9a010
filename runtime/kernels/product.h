// What sparse and dense products share: rows of sums in registers.
#pragma once
#include "planes.h"

// Where the sums of a product go, and what is done with them.
struct Output {
  float* at;
  int pitch;
  const float* residual;
  int residualPitch;
  const float* bias;
  float low, high;

  Output from(int position) const {
    Output part = *this;
    part.at += position;
    if (part.residual) part.residual += position;
    return part;
  }
};

static inline Output readOutput(Operands& operands) {
  Output out;
  out.at = operands.floats();
  out.pitch = operands.number();
  out.residual = operands.optionalFloats();
  out.residualPitch = operands.number();
  out.bias = operands.floats();
  out.low = operands.real();
  out.high = operands.real();
  return out;
}

// The vectors of tile `index` of `tiles`.
static inline Range tileOf(int vectors, int tiles, int index) {
  return {(int)((int64_t)vectors * index / tiles), (int)((int64_t)vectors * (index + 1) / tiles)};
}

template <int VECTORS>
static inline void beginRow(Vector* sums, const Output& out, int output, bool isFirst) {
  if (!isFirst) {
    const float* y = out.at + (int64_t)output * out.pitch;
    for (int j = 0; j < VECTORS; j++) sums[j] = load(y + j * LANES);
    return;
  }
  Vector bias = splat(out.bias[output]);
  for (int j = 0; j < VECTORS; j++) sums[j] = bias;
  if (!out.residual) return;
  const float* r = out.residual + (int64_t)output * out.residualPitch;
  for (int j = 0; j < VECTORS; j++) sums[j] += load(r + j * LANES);
}

template <int VECTORS>
static inline void endRow(Vector* sums, const Output& out, int output, bool isLast) {
  float* y = out.at + (int64_t)output * out.pitch;
  if (isLast) {
    Vector low = splat(out.low), high = splat(out.high);
    for (int j = 0; j < VECTORS; j++) sums[j] = atMost(atLeast(sums[j], low), high);
  }
  for (int j = 0; j < VECTORS; j++) store(y + j * LANES, sums[j]);
}
