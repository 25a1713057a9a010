// y = clamp(W x + bias + residual) for one position. Outputs are cut into slices of LANES rows, whose weights lie side by side.
#pragma once
#include "../product.h"
#if defined(__AVX2__)
#include <immintrin.h>
#endif

static inline float valueAt(const float* x, uint32_t offset) { return *(const float*)((const char*)x + offset); }

// Values at some offsets in bytes. Single loads are faster than the instruction for sixteen on Zen: 9 cycles instead of 17.
static inline Vector gather(const float* x, const uint32_t* offsets) {
#if defined(__AVX512F__)
  auto four = [&](int i) { return _mm_set_ps(valueAt(x, offsets[i + 3]), valueAt(x, offsets[i + 2]), valueAt(x, offsets[i + 1]), valueAt(x, offsets[i])); };
  __m256 low = _mm256_insertf128_ps(_mm256_castps128_ps256(four(0)), four(4), 1);
  __m256 high = _mm256_insertf128_ps(_mm256_castps128_ps256(four(8)), four(12), 1);
  return (Vector)_mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
#elif defined(__AVX2__)
  return (Vector)_mm256_i32gather_ps(x, _mm256_loadu_si256((const __m256i*)offsets), 1);
#else
  return Vector{valueAt(x, offsets[0]), valueAt(x, offsets[1]), valueAt(x, offsets[2]), valueAt(x, offsets[3])};
#endif
}

static inline void storeOutputs(Vector sums, const Output& out, const uint32_t* outputs, int rows) {
  for (int lane = 0; lane < rows; lane++) {
    int output = outputs[lane];
    float sum = sums[lane] + out.bias[output];
    if (out.residual) sum += out.residual[(int64_t)output * out.residualPitch];
    sum = sum < out.low ? out.low : sum;
    out.at[(int64_t)output * out.pitch] = sum > out.high ? out.high : sum;
  }
}

// SELL-C (Kreutzer et al. 2014, "A unified sparse matrix data format for efficient general sparse matrix-vector multiply"): rows are sorted
// by their number of weights, and those of a slice padded to the longest.
static void sparseVectorProduct(const Task& task) {
  Operands operands(task);
  const float* x = operands.floats();
  Output out = readOutput(operands);
  int outputs = operands.number();
  const uint32_t* order = operands.words();   // [outputs]
  const uint32_t* starts = operands.words();  // [slices + 1], in columns
  const float* values = operands.floats();
  const uint32_t* offsets = operands.words();
  Range slices = task.share((outputs + LANES - 1) / LANES);
  for (int s = slices.first; s < slices.end; s++) {
    Vector sums[4] = {};
    uint32_t column = starts[s], end = starts[s + 1];
    auto add = [&](Vector& sum) {
      int64_t at = (int64_t)column++ * LANES;
      sum = multiplyAdd(load(values + at), gather(x, offsets + at), sum);
    };
    while (column + 4 <= end)
#pragma GCC unroll 4
      for (int chain = 0; chain < 4; chain++) add(sums[chain]);
    while (column < end) add(sums[0]);
    int rows = outputs - s * LANES < LANES ? outputs - s * LANES : LANES;
    storeOutputs((sums[0] + sums[1]) + (sums[2] + sums[3]), out, order + s * LANES, rows);
  }
}

// The weights are [slices, terms, LANES].
static void denseVectorProduct(const Task& task) {
  Operands operands(task);
  const float* x = operands.floats();
  Output out = readOutput(operands);
  int outputs = operands.number(), terms = operands.number();
  const uint32_t* order = operands.words();
  const uint32_t* offsets = operands.words();
  const float* weights = operands.floats();
  Range slices = task.share((outputs + LANES - 1) / LANES);
  for (int s = slices.first; s < slices.end; s++) {
    const float* slice = weights + (int64_t)s * terms * LANES;
    Vector sums[4] = {};
    auto add = [&](int k, Vector& sum) {
      float value = *(const float*)((const char*)x + offsets[k]);
      sum = multiplyAdd(splat(value), load(slice + (int64_t)k * LANES), sum);
    };
    int k = 0;
    for (; k + 4 <= terms; k += 4)
#pragma GCC unroll 4
      for (int chain = 0; chain < 4; chain++) add(k + chain, sums[chain]);
    for (; k < terms; k++) add(k, sums[0]);
    int rows = outputs - s * LANES < LANES ? outputs - s * LANES : LANES;
    storeOutputs((sums[0] + sums[1]) + (sums[2] + sums[3]), out, order + s * LANES, rows);
  }
}
