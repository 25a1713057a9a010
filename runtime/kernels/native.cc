// The kernels as a Node-API module: one Model has an arena and the threads that work on it.
#include <node_api.h>
#include <sched.h>
#include <string.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "native-kernels.h"
#if defined(__linux__)
#include <sys/mman.h>
#endif

#if defined(__x86_64__)
extern const NativeKernels avx512, avx2, sse2;
static std::vector<const NativeKernels*> supportedKernels() {
  std::vector<const NativeKernels*> all;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) all.push_back(&avx512);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) all.push_back(&avx2);
  all.push_back(&sse2);
  return all;
}
#else
extern const NativeKernels neon;
static std::vector<const NativeKernels*> supportedKernels() { return {&neon}; }
#endif

class Model {
 public:
  Model(const NativeKernels* kernels, int threads) : kernels(kernels), threads(threads) {
    for (int thread = 1; thread < threads; thread++) workers.emplace_back([this, thread] { serve(thread); });
  }
  ~Model() { close(); }
  Model(const Model&) = delete;

  // Makes the arena at least so long. Programs have addresses relative to it, so it may move.
  bool reserve(uint64_t words) {
    if (words <= size) return true;
    constexpr uint64_t PAGE = 2 << 20;
    uint64_t bytes = (words * 4 + PAGE - 1) / PAGE * PAGE;
    float* larger = (float*)aligned_alloc(PAGE, bytes);
    if (!larger) return false;
#if defined(__linux__)
    madvise(larger, bytes, MADV_HUGEPAGE);
#endif
    if (arena) memcpy(larger, arena, size * 4);
    memset((char*)larger + size * 4, 0, bytes - size * 4);
    free(arena);
    arena = larger;
    size = bytes / 4;
    return true;
  }

  void run(uint32_t address, bool onAll) {
    program = address;
    if (onAll && threads > 1) {
      generation++;
      generation.notify_all();
    }
    kernels->run(arena, program, 0, onAll ? threads : 1, barrier);
  }

  // Ends the threads and frees the memory. May be repeated.
  void close() {
    stopping = true;
    generation++;
    generation.notify_all();
    for (auto& worker : workers) worker.join();
    workers.clear();
    free(arena);
    arena = nullptr;
    size = 0;
  }

  const NativeKernels* const kernels;
  float* arena = nullptr;
  uint64_t size = 0;

 private:
  // Looks for the next program for a while before it sleeps: the next batch often follows at once.
  void serve(int thread) {
    constexpr int TURNS = 20000;
    for (uint32_t seen = 0;; seen++) {
      for (int turn = 0; turn < TURNS && generation == seen; turn++) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
      }
      generation.wait(seen);
      if (stopping) return;
      kernels->run(arena, program, thread, threads, barrier);
    }
  }

  const int threads;
  uint32_t program = 0;
  uint32_t barrier[2] = {0, 0};
  std::atomic<uint32_t> generation{0};
  std::atomic<bool> stopping{false};
  std::vector<std::thread> workers;
};

// Up to four arguments of a call, of which the first is often a Model.
struct Call {
  napi_env env;
  napi_value arguments[4];

  Call(napi_env env, napi_callback_info info) : env(env) {
    size_t count = 4;
    napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  }
  Model* model() {
    void* pointer = nullptr;
    napi_get_value_external(env, arguments[0], &pointer);
    return (Model*)pointer;
  }
  double number(int i) {
    double value = 0;
    napi_get_value_double(env, arguments[i], &value);
    return value;
  }
  std::string text(int i) {
    char buffer[32] = {};
    size_t length;
    napi_get_value_string_utf8(env, arguments[i], buffer, sizeof buffer, &length);
    return buffer;
  }
  // The words of a Float32Array, Int32Array or Uint32Array.
  float* array(int i, size_t* words) {
    void* data = nullptr;
    napi_get_typedarray_info(env, arguments[i], nullptr, words, &data, nullptr, nullptr);
    return (float*)data;
  }
  napi_value fail(const char* message) {
    napi_throw_error(env, nullptr, message);
    return nullptr;
  }
};

// Whether words [address, address + count) are in the arena.
static bool isInside(const Model* model, double address, size_t count) { return address >= 0 && address + count <= (double)model->size; }

static napi_value instructionSets(napi_env env, napi_callback_info) {
  napi_value list;
  napi_create_array(env, &list);
  uint32_t i = 0;
  for (auto* kernels : supportedKernels()) {
    napi_value name;
    napi_create_string_utf8(env, kernels->instructionSet, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, i++, name);
  }
  return list;
}

// Lets the garbage collector know how much memory depends on handles.
static void reportGrowth(napi_env env, int64_t words) {
  int64_t total;
  napi_adjust_external_memory(env, words * 4, &total);
}

// open(instruction set, threads): a handle of a Model.
static napi_value open(napi_env env, napi_callback_info info) {
  Call call(env, info);
  std::string name = call.text(0);
  for (auto* kernels : supportedKernels()) {
    if (name != kernels->instructionSet) continue;
    napi_value handle;
    auto destroy = [](napi_env env, void* model, void*) {
      reportGrowth(env, -(int64_t)((Model*)model)->size);
      delete (Model*)model;
    };
    napi_create_external(env, new Model(kernels, (int)call.number(1)), destroy, nullptr, &handle);
    return handle;
  }
  return call.fail("This processor does not have the instruction set.");
}

// properties(model): [lanes, rows of a group of the dense product].
static napi_value properties(napi_env env, napi_callback_info info) {
  const NativeKernels* kernels = Call(env, info).model()->kernels;
  napi_value list, lanes, rows;
  napi_create_array(env, &list);
  napi_create_int32(env, kernels->lanes, &lanes);
  napi_create_int32(env, kernels->denseRows, &rows);
  napi_set_element(env, list, 0, lanes);
  napi_set_element(env, list, 1, rows);
  return list;
}

// reserve(model, words)
static napi_value reserve(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Model* model = call.model();
  const uint64_t before = model->size;
  if (!model->reserve((uint64_t)call.number(1))) return call.fail("The memory of the model cannot be allocated.");
  reportGrowth(env, (int64_t)(model->size - before));
  return nullptr;
}

// write(model, address, array)
static napi_value write(napi_env env, napi_callback_info info) {
  Call call(env, info);
  size_t words = 0;
  const float* data = call.array(2, &words);
  double address = call.number(1);
  if (!isInside(call.model(), address, words)) return call.fail("The address is outside the arena.");
  memcpy(call.model()->arena + (uint64_t)address, data, words * 4);
  return nullptr;
}

// read(model, address, array)
static napi_value read(napi_env env, napi_callback_info info) {
  Call call(env, info);
  size_t words = 0;
  float* data = call.array(2, &words);
  double address = call.number(1);
  if (!isInside(call.model(), address, words)) return call.fail("The address is outside the arena.");
  memcpy(data, call.model()->arena + (uint64_t)address, words * 4);
  return nullptr;
}

// run(model, program, threads): on all threads of the model, or on the caller if threads is 1.
static napi_value run(napi_env env, napi_callback_info info) {
  Call call(env, info);
  if (!isInside(call.model(), call.number(1), 1)) return call.fail("The address is outside the arena.");
  call.model()->run((uint32_t)call.number(1), call.number(2) > 1);
  return nullptr;
}

// close(model)
static napi_value close(napi_env env, napi_callback_info info) {
  Model* model = Call(env, info).model();
  reportGrowth(env, -(int64_t)model->size);
  model->close();
  return nullptr;
}

// sources(): the digest of the sources that this module was compiled from.
static napi_value sources(napi_env env, napi_callback_info) {
  napi_value digest;
  napi_create_string_utf8(env, SOURCES, NAPI_AUTO_LENGTH, &digest);
  return digest;
}

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback function;
  } functions[] = {{"instructionSets", instructionSets}, {"open", open}, {"properties", properties}, {"reserve", reserve}, {"write", write}, {"read", read}, {"run", run}, {"close", close}, {"sources", sources}};
  for (auto& [name, function] : functions) {
    napi_value value;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
    napi_set_named_property(env, exports, name, value);
  }
  return exports;
}
