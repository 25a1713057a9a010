// Y = clamp(W X + bias + residual) with a dense W [outputs, terms], over the same offsets as the sparse product.
//
// Outputs are cut into groups of ROWS, positions into tiles of three vectors: their sums fill the registers.
#pragma once
#include "../product.h"

constexpr int DENSE_ROWS = LANES == 16 ? 8 : 4;
constexpr int DENSE_TILE = 3;

template <int VECTORS>
static void multiplyDenseGroup(const float* weights, const uint32_t* offsets, int terms, const float* x, const Output& out, int output, int rows, bool isFirst, bool isLast) {
  Vector sums[DENSE_ROWS][VECTORS] = {};
  for (int r = 0; r < rows; r++) beginRow<VECTORS>(sums[r], out, output + r, isFirst);
  for (int k = 0; k < terms; k++) {
    const float* term = (const float*)((const char*)x + offsets[k]);
    Vector values[VECTORS];
    for (int j = 0; j < VECTORS; j++) values[j] = load(term + j * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < DENSE_ROWS; r++) {
      Vector weight = splat(weights[r]);
#pragma GCC unroll 3
      for (int j = 0; j < VECTORS; j++) sums[r][j] = multiplyAdd(weight, values[j], sums[r][j]);
    }
    weights += DENSE_ROWS;
  }
  for (int r = 0; r < rows; r++) endRow<VECTORS>(sums[r], out, output + r, isLast);
}

using DenseKernel = void (*)(const float*, const uint32_t*, int, const float*, const Output&, int, int, bool, bool);
static constexpr DenseKernel DENSE_KERNELS[DENSE_TILE + 1] = {
    nullptr,
    multiplyDenseGroup<1>,
    multiplyDenseGroup<2>,
    multiplyDenseGroup<3>,
};

// The weights are [blocks, groups, terms of the block, DENSE_ROWS]; rows that do not exist have weights of 0.
static void denseProduct(const Task& task) {
  Operands operands(task);
  const float* x = operands.floats();
  Output out = readOutput(operands);
  int vectors = operands.number(), tiles = operands.number();
  int outputs = operands.number(), terms = operands.number(), termsPerBlock = operands.number();
  const uint32_t* offsets = operands.words();
  const float* weights = operands.floats();
  int panels = operands.number();

  int groups = (outputs + DENSE_ROWS - 1) / DENSE_ROWS;
  Range items = task.share(panels * tiles);
  for (int item = items.first; item < items.end; item++) {
    Range panel = tileOf(groups, panels, item / tiles);
    Range tile = tileOf(vectors, tiles, item % tiles);
    DenseKernel kernel = DENSE_KERNELS[tile.end - tile.first];
    Output part = out.from(tile.first * LANES);
    for (int k = 0; k < terms; k += termsPerBlock) {
      int length = terms - k < termsPerBlock ? terms - k : termsPerBlock;
      for (int g = panel.first; g < panel.end; g++) {
        int output = g * DENSE_ROWS;
        int rows = outputs - output < DENSE_ROWS ? outputs - output : DENSE_ROWS;
        const float* group = weights + ((int64_t)k * groups + (int64_t)g * length) * DENSE_ROWS;
        kernel(group, offsets + k, length, x + tile.first * LANES, part, output, rows, k == 0, k + length == terms);
      }
    }
  }
}
