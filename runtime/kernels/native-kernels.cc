// Compiled once for each instruction set; KERNELS is the name of the object.
#include "native-kernels.h"
#include <sched.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Nothing has external linkage, or the linker might take a function of another instruction set.
namespace {

// A thread that waits long leaves its core to the one that it waits for.
inline void pauseThread(int turn, int, uint32_t*, uint32_t) {
  if (turn > 4000) {
    sched_yield();
    return;
  }
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

#include "interpreter.h"

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

void run(float* arena, uint32_t program, int thread, int threads, uint32_t barrier[2]) {
  runProgram(arena, program, thread, threads, *(Barrier*)barrier);
}

}  // namespace

extern const NativeKernels KERNELS{TEXT(KERNELS), LANES, DENSE_ROWS, run};
