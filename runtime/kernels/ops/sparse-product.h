// Y = clamp(W X + bias + residual) with a sparse W [outputs, terms]: every convolution and every dense layer with more than one position.
//
// A term is a position-independent offset into X: for a dense layer the channel, for a convolution the channel and the place in the window.
// So no matrix of patches is built. The positions of Y are cut into tiles of at most seven vectors, whose sums stay in registers; a weight
// is broadcast and multiplied with the seven vectors of X. Terms are cut into blocks, so that the part of X that a tile reads stays in the
// cache. Rows are sorted by their number of weights, which the branch predictor follows.
#pragma once
#include "../product.h"

constexpr int SPARSE_TILE = 7;

// The weights of some outputs (a panel) for some terms (a block).
struct SparseBlock {
  int rows;
  const uint32_t* outputs;  // [rows]
  const uint32_t* counts;   // [rows]
  const float* values;      // row by row
  const uint32_t* offsets;  // of each value, in bytes from X
};

// More vectors than seven do not fit into 16 registers with what V8 loads ahead. A tile of few vectors has several chains of sums, so that additions need not wait for one another.
template <int VECTORS>
static void multiplySparseBlock(const SparseBlock& block, const float* x, const Output& out, bool isFirst, bool isLast) {
  constexpr int CHAINS = VECTORS == 1 ? 4 : VECTORS < 4 || (VECTORS == 4 && LANES == 16) ? 2 : 1;
  const float* value = block.values;
  const uint32_t* offset = block.offsets;
  for (int row = 0; row < block.rows; row++) {
    int output = block.outputs[row];
    Vector sums[CHAINS][VECTORS] = {};
    beginRow<VECTORS>(sums[0], out, output, isFirst);
    int count = block.counts[row];
    auto add = [&](Vector* chain) {
      Vector weight = splat(*value++);
      const float* terms = (const float*)((const char*)x + *offset++);
#pragma GCC unroll 7
      for (int j = 0; j < VECTORS; j++) chain[j] = multiplyAdd(weight, load(terms + j * LANES), chain[j]);
    };
    int i = 0;
    for (; i + CHAINS <= count; i += CHAINS)
#pragma GCC unroll 4
      for (int chain = 0; chain < CHAINS; chain++) add(sums[chain]);
    for (; i < count; i++) add(sums[0]);
    for (int chain = 1; chain < CHAINS; chain++)
      for (int j = 0; j < VECTORS; j++) sums[0][j] += sums[chain][j];
    endRow<VECTORS>(sums[0], out, output, isLast);
  }
}

using SparseKernel = void (*)(const SparseBlock&, const float*, const Output&, bool, bool);
static constexpr SparseKernel SPARSE_KERNELS[SPARSE_TILE + 1] = {
    nullptr,
    multiplySparseBlock<1>,
    multiplySparseBlock<2>,
    multiplySparseBlock<3>,
    multiplySparseBlock<4>,
    multiplySparseBlock<5>,
    multiplySparseBlock<6>,
    multiplySparseBlock<7>,
};

static void sparseProduct(const Task& task) {
  Operands operands(task);
  const float* x = operands.floats();
  Output out = readOutput(operands);
  Tiling tiling = readTiling(operands);
  int panels = operands.number(), blocks = operands.number();
  const uint32_t* table = operands.words();  // [panels, blocks, 5]: a SparseBlock each

  Range items = task.share(panels * tiling.count());
  for (int item = items.first; item < items.end; item++) {
    const uint32_t* panel = table + (int64_t)(item / tiling.count()) * blocks * 5;
    Tile tile = tiling.tile(item % tiling.count());
    SparseKernel kernel = SPARSE_KERNELS[tile.vectors];
    Output part = out.from(tile.position);
    for (int b = 0; b < blocks; b++) {
      const uint32_t* words = panel + b * 5;
      SparseBlock block{(int)words[0], task.words(words[1]), task.words(words[2]), task.floats(words[3]), task.words(words[4])};
      kernel(block, x + tile.position, part, b == 0, b == blocks - 1);
    }
  }
}
