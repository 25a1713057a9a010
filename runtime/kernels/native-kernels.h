// The kernels compiled for one instruction set of a processor.
#pragma once
#include <stdint.h>

struct NativeKernels {
  const char* instructionSet;
  int lanes, denseRows;
  void (*run)(float* arena, uint32_t program, int thread, int threads, uint32_t barrier[2]);
};
