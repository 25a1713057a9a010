// A vector of floats as wide as the machine has, in the vector extensions that GCC and Clang share: one source for AVX-512, AVX2, SSE, NEON
// and WebAssembly.
#pragma once
#include <stdint.h>

#if defined(__AVX512F__)
constexpr int LANES = 16;
#elif defined(__AVX2__)
constexpr int LANES = 8;
#else
constexpr int LANES = 4;
#endif

// Addresses need not be multiples of the size, and memory is also accessed as single floats.
typedef float Vector __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t Integers __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

static inline Vector load(const float* at) { return *(const Vector*)at; }
static inline void store(float* at, Vector value) { *(Vector*)at = value; }
static inline Vector splat(float value) { return value - Vector{}; }

// a b + c with one rounding where the machine has such an instruction: the compiler contracts the expression, but not to a relaxed one.
static inline Vector multiplyAdd(Vector a, Vector b, Vector c) {
#if defined(__wasm_relaxed_simd__)
  return (Vector)__builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
  return a * b + c;
#endif
}

// The greater and the lesser; of a NaN in x, the NaN.
static inline Vector atLeast(Vector x, Vector low) { return x < low ? low : x; }
static inline Vector atMost(Vector x, Vector high) { return x > high ? high : x; }

// Every second value of two vectors: the first, third ... of them, and the second, fourth ...
#if defined(__AVX512F__)
#define EVEN_LANES 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD_LANES 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#elif defined(__AVX2__)
#define EVEN_LANES 0, 2, 4, 6, 8, 10, 12, 14
#define ODD_LANES 1, 3, 5, 7, 9, 11, 13, 15
#else
#define EVEN_LANES 0, 2, 4, 6
#define ODD_LANES 1, 3, 5, 7
#endif
static inline Vector evens(Vector a, Vector b) { return __builtin_shufflevector(a, b, EVEN_LANES); }
static inline Vector odds(Vector a, Vector b) { return __builtin_shufflevector(a, b, ODD_LANES); }

typedef float Quad __attribute__((vector_size(16), aligned(4), may_alias));

// In WebAssembly, size matters more than the cost of a call.
#if defined(__wasm__)
#define COPY __attribute__((noinline)) static
#else
#define COPY static inline
#endif

// Not memory.copy, which V8 calls as a function of the runtime: too slow for the rows of an image.
COPY void copyFloats(const float* from, float* to, int count) {
  int i = 0;
  for (; i + LANES <= count; i += LANES) store(to + i, load(from + i));
  if (LANES > 4)
    for (; i + 4 <= count; i += 4) *(Quad*)(to + i) = *(const Quad*)(from + i);
  for (; i < count; i++) to[i] = from[i];
}

// Copies a row in whole vectors where they end before `limit`: what exceeds the row is written later.
COPY void copyRow(const float* from, float* to, int count, const float* limit) {
  for (int i = 0; i < count; i += LANES) {
    if (to + i + LANES <= limit)
      store(to + i, load(from + i));
    else
      copyFloats(from + i, to + i, count - i < LANES ? count - i : LANES);
  }
}
