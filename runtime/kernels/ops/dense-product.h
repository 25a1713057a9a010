// Y = clamp(W X + bias + residual) with a dense W [outputs, terms], over the same offsets as the sparse product.
//
// Outputs are cut into groups of ROWS, positions into tiles of three vectors: their sums fill the registers.
#pragma once
#include "../product.h"

constexpr int DENSE_ROWS = LANES == 16 ? 8 : 4;
constexpr int DENSE_TILE = 3;
// A group with at most half of its rows does not compute the others where vectors are wide.
constexpr int DENSE_HALF = LANES == 16 ? DENSE_ROWS / 2 : 0;

// Loops over rows are unrolled, or the sums would be kept in memory. In WebAssembly size matters more.
#if defined(__wasm__)
#define UNROLL_ROWS _Pragma("GCC unroll 1")
#else
#define UNROLL_ROWS _Pragma("GCC unroll 8")
#endif

// Computes the first ROWS of a group.
template <int VECTORS, int ROWS>
static void multiplyDenseGroup(const float* weights, const uint32_t* offsets, int terms, const float* x, const Output& out, int output, int rows, bool isFirst, bool isLast) {
  Vector sums[ROWS][VECTORS] = {};
  UNROLL_ROWS
  for (int r = 0; r < ROWS; r++)
    if (r < rows) beginRow<VECTORS>(sums[r], out, output + r, isFirst);
  for (int k = 0; k < terms; k++) {
    const float* term = (const float*)((const char*)x + offsets[k]);
    Vector values[VECTORS];
    for (int j = 0; j < VECTORS; j++) values[j] = load(term + j * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++) {
      Vector weight = splat(weights[r]);
#pragma GCC unroll 3
      for (int j = 0; j < VECTORS; j++) sums[r][j] = multiplyAdd(weight, values[j], sums[r][j]);
    }
    weights += DENSE_ROWS;
  }
  UNROLL_ROWS
  for (int r = 0; r < ROWS; r++)
    if (r < rows) endRow<VECTORS>(sums[r], out, output + r, isLast);
}

using DenseKernel = void (*)(const float*, const uint32_t*, int, const float*, const Output&, int, int, bool, bool);
static constexpr DenseKernel DENSE_KERNELS[DENSE_TILE + 1] = {
    nullptr,
    multiplyDenseGroup<1, DENSE_ROWS>,
    multiplyDenseGroup<2, DENSE_ROWS>,
    multiplyDenseGroup<3, DENSE_ROWS>,
};
constexpr int HALF_ROWS = DENSE_HALF > 0 ? DENSE_HALF : DENSE_ROWS;
static constexpr DenseKernel DENSE_HALVES[DENSE_TILE + 1] = {
    nullptr,
    multiplyDenseGroup<1, HALF_ROWS>,
    multiplyDenseGroup<2, HALF_ROWS>,
    multiplyDenseGroup<3, HALF_ROWS>,
};

// The weights are [blocks, groups, terms of the block, DENSE_ROWS]; rows that do not exist have weights of 0.
static void denseProduct(const Task& task) {
  Operands operands(task);
  const float* x = operands.floats();
  Output out = readOutput(operands);
  Tiling tiling = readTiling(operands);
  int outputs = operands.number(), terms = operands.number(), termsPerBlock = operands.number();
  const uint32_t* offsets = operands.words();
  const float* weights = operands.floats();
  int panels = operands.number();

  int groups = (outputs + DENSE_ROWS - 1) / DENSE_ROWS;
  Range items = task.share(panels * tiling.count());
  for (int item = items.first; item < items.end; item++) {
    Range panel = partOf(groups, panels, item / tiling.count());
    Tile tile = tiling.tile(item % tiling.count());
    Output part = out.from(tile.position);
    for (int k = 0; k < terms; k += termsPerBlock) {
      int length = terms - k < termsPerBlock ? terms - k : termsPerBlock;
      for (int g = panel.first; g < panel.end; g++) {
        int output = g * DENSE_ROWS;
        int rows = outputs - output < DENSE_ROWS ? outputs - output : DENSE_ROWS;
        const float* group = weights + ((int64_t)k * groups + (int64_t)g * length) * DENSE_ROWS;
        DenseKernel kernel = (rows > DENSE_HALF ? DENSE_KERNELS : DENSE_HALVES)[tile.vectors];
        kernel(group, offsets + k, length, x + tile.position, part, output, rows, k == 0, k + length == terms);
      }
    }
  }
}
