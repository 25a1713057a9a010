// Runs a program: instructions of [opcode, number of words, operands ...], ended by opcode 0.
#pragma once
#include "ops/copying.h"
#include "ops/dense-product.h"
#include "ops/elementwise.h"
#include "ops/pooling.h"
#include "ops/resizing.h"
#include "ops/sequences.h"
#include "ops/sparse-product.h"
#include "ops/vector-product.h"

static void perform(const Task& task);

// In the order of OPCODES in opcodes.ts.
static void (*const INSTRUCTIONS[])(const Task&) = {
    nullptr,
    readExamples,
    writeExamples,
    sparseProduct,
    denseProduct,
    sparseVectorProduct,
    denseVectorProduct,
    split,
    reshape,
    copy,
    pool<Maximum>,
    pool<Sum>,
    poolGlobally<Maximum>,
    poolGlobally<Sum>,
    activate,
    softmax,
    combine,
    affine,
    upsample,
    reverse,
    embed,
    normalizeChannels,
    recur<Lstm>,
    recur<Gru>,
    recur<SimpleRnn>,
    perform,
};

// Where the threads of a model meet between two instructions. What includes this file defines `pauseThread`, which a thread calls while it
// waits for `phase` to change.
struct Barrier {
  uint32_t arrived, phase;

  void meet(int thread, int threads) {
    if (threads == 1) return;
    uint32_t current = __atomic_load_n(&phase, __ATOMIC_ACQUIRE);
    if (__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL) == (uint32_t)threads) {
      __atomic_store_n(&arrived, 0, __ATOMIC_RELAXED);
      __atomic_store_n(&phase, current + 1, __ATOMIC_RELEASE);
      return;
    }
    for (int turn = 0; __atomic_load_n(&phase, __ATOMIC_ACQUIRE) == current; turn++) pauseThread(turn, thread, &phase, current);
  }
};

static void runProgram(float* arena, uint32_t program, int thread, int threads, Barrier& barrier) {
  const uint32_t* instruction = (const uint32_t*)(arena + program);
  while (*instruction) {
    Task task{arena, instruction + 2, thread, threads};
    INSTRUCTIONS[*instruction](task);
    instruction += instruction[1];
    barrier.meet(thread, threads);
  }
}

// Performs whole programs, each on one thread: its operands are their number and their addresses.
static void perform(const Task& task) {
  Barrier alone{};
  Range programs = task.share(task.operands[0]);
  for (int i = programs.first; i < programs.end; i++) runProgram(task.arena, task.operands[1 + i], 0, 1, alone);
}
