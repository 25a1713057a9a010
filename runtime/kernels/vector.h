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

// Not memory.copy, which V8 calls as a function of the runtime: too slow for the rows of an image.
static inline void copyFloats(const float* from, float* to, int count) {
  int i = 0;
  for (; i + LANES <= count; i += LANES) store(to + i, load(from + i));
  for (; i < count; i++) to[i] = from[i];
}
