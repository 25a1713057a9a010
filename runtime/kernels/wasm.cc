// The kernels as a WebAssembly module. Memory is imported; with threads it is shared, and every thread has an instance of its own.
#include <stdint.h>

static inline void pauseThread(int) {}

#include "interpreter.h"

#define EXPORT(name) __attribute__((export_name(name)))

extern "C" unsigned char __heap_base;

// What the calling thread asks of the others. In the module's data, which shared memory has once.
static struct {
  uint32_t generation, program, threads;
  float* arena;
  Barrier barrier;
} job;

// Properties of this build that the plan needs.
EXPORT("lanes") int lanes() { return LANES; }
EXPORT("denseRows") int denseRows() { return DENSE_ROWS; }
// The first byte that the module itself does not use.
EXPORT("heapBase") const void* heapBase() { return &__heap_base; }

// Performs a program as thread 0 of `threads`.
EXPORT("run") void run(float* arena, uint32_t program, int threads) {
  job.program = program;
  job.threads = threads;
  job.arena = arena;
#if defined(__wasm_atomics__)
  __atomic_add_fetch(&job.generation, 1, __ATOMIC_SEQ_CST);
  if (threads > 1) __builtin_wasm_memory_atomic_notify((int*)&job.generation, threads - 1);
#endif
  runProgram(arena, program, 0, threads, job.barrier);
}

#if defined(__wasm_atomics__)
// Performs the programs of `run` as thread `thread`, for ever. Between programs it first looks for the next one, then sleeps.
EXPORT("serve") void serve(int thread) {
  constexpr int TURNS = 20000;
  uint32_t seen = 0;
  for (;;) {
    for (int turn = 0; turn < TURNS && __atomic_load_n(&job.generation, __ATOMIC_SEQ_CST) == seen; turn++) {
    }
    while (__atomic_load_n(&job.generation, __ATOMIC_SEQ_CST) == seen)
      __builtin_wasm_memory_atomic_wait32((int*)&job.generation, (int)seen, -1);
    seen++;
    runProgram(job.arena, job.program, thread, job.threads, job.barrier);
  }
}
#endif
