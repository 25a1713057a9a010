// The kernels as a WebAssembly module. Memory is imported and shared; every thread has an instance of its own. Without threads the loader
// declares the memory unshared, where nothing waits and the other atomic operations are valid.
#include <stdint.h>

// Whether thread 0 may sleep: the main thread of a page must not.
static uint32_t mayFirstSleep;

// Sleeps while the word has this value, at most for some nanoseconds. A function of its own, because V8 11 does not preserve all registers of a
// function that contains this instruction.
__attribute__((noinline)) static void sleepWhile(uint32_t* word, uint32_t value, int64_t limit) {
  __builtin_wasm_memory_atomic_wait32((int*)word, (int)value, limit);
}

// How often a thread looks before it sleeps: for some 200 us. A thread that sleeps is late for the next instruction too.
constexpr int TURNS = 100000;

// A thread that waits long leaves its core for 50 us to the one that it waits for.
static inline void pauseThread(int turn, int thread, uint32_t* phase, uint32_t current) {
  if (turn >= TURNS && (thread > 0 || mayFirstSleep)) sleepWhile(phase, current, 50000);
}

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

// Performs a program as thread 0 of `threads`, which sleeps while it waits for the others if it may.
EXPORT("run") void run(float* arena, uint32_t program, int threads, int maySleep) {
  job.program = program;
  job.threads = threads;
  job.arena = arena;
  mayFirstSleep = maySleep;
  if (threads > 1) {
    __atomic_add_fetch(&job.generation, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify((int*)&job.generation, threads - 1);
  }
  runProgram(arena, program, 0, threads, job.barrier);
}

// Performs the programs of `run` as thread `thread`, for ever. Between programs it first looks for the next one, then sleeps.
EXPORT("serve") void serve(int thread) {
  uint32_t seen = 0;
  for (;;) {
    for (int turn = 0; turn < TURNS && __atomic_load_n(&job.generation, __ATOMIC_SEQ_CST) == seen; turn++) {
    }
    while (__atomic_load_n(&job.generation, __ATOMIC_SEQ_CST) == seen)
      sleepWhile(&job.generation, seen, -1);
    seen++;
    runProgram(job.arena, job.program, thread, job.threads, job.barrier);
  }
}
