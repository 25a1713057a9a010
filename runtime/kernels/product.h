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

// The positions of Y in tiles: runs of vectors, `pitch` floats apart, each cut into `tiles`. There is one run, or one for each image if that
// leaves out enough of what lies between the images.
struct Tile {
  int position, vectors;
};

struct Tiling {
  int runs, pitch, vectors, tiles;

  int count() const { return runs * tiles; }
  Tile tile(int index) const {
    int part = index % tiles;
    int first = (int64_t)vectors * part / tiles, end = (int64_t)vectors * (part + 1) / tiles;
    return {index / tiles * pitch + first * LANES, end - first};
  }
};

static inline Tiling readTiling(Operands& operands) {
  Tiling tiling;
  tiling.runs = operands.number();
  tiling.pitch = operands.number();
  tiling.vectors = operands.number();
  tiling.tiles = operands.number();
  return tiling;
}

// Part `index` of `parts` of some items.
static inline Range partOf(int items, int parts, int index) {
  return {(int)((int64_t)items * index / parts), (int)((int64_t)items * (index + 1) / parts)};
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
