// Tensors in the arena, and the share of an instruction that a thread performs.
#pragma once
#include "vector.h"

// Images as planes: element (image n, row y, column x) of channel c is at c channelPitch + n imagePitch + y rowPitch + x. All images of a
// channel are adjacent, so that the positions of a channel are one row of a matrix [channels, positions], whatever the number of images is.
// A sequence is an image of height 1, and a vector one of height and width 1.
struct Planes {
  float* at;
  int channels, images, height, width, rowPitch, imagePitch, channelPitch;

  float* channel(int c) const { return at + (int64_t)c * channelPitch; }
  float* row(int c, int n, int y) const { return channel(c) + (int64_t)n * imagePitch + (int64_t)y * rowPitch; }
};

struct Range {
  int first, end;
};

// For kernels that take little of the time of a model: small rather than fast.
#if defined(__clang__)
#define SMALL __attribute__((minsize))
#else
#define SMALL
#endif

// One instruction as one thread sees it.
struct Task {
  float* arena;
  const uint32_t* operands;
  int thread, threads;

  // The part of `count` items that belongs to this thread. The division into parts must not change a result.
  Range share(int count) const {
    return {(int)((int64_t)count * thread / threads), (int)((int64_t)count * (thread + 1) / threads)};
  }
  // An address is a number of words from the beginning of the arena.
  float* floats(uint32_t address) const { return arena + address; }
  const uint32_t* words(uint32_t address) const { return (const uint32_t*)(arena + address); }
};

// Reads the operands of an instruction in the order in which the plan writes them.
class Operands {
 public:
  explicit Operands(const Task& task) : task(task), next(task.operands) {}
  int number() { return (int)*next++; }
  float real() { return *(const float*)next++; }
  float* floats() { return task.floats(*next++); }
  const uint32_t* words() { return task.words(*next++); }
  // Address 0 is none.
  float* optionalFloats() { return *next ? floats() : (next++, nullptr); }
  Planes planes() {
    float* at = floats();
    const int* n = (const int*)next;
    next += 7;
    return {at, n[0], n[1], n[2], n[3], n[4], n[5], n[6]};
  }

 private:
  const Task& task;
  const uint32_t* next;
};

// Elements that are adjacent in every one of some planes of the same shape: `length` in a run, and the runs of a channel.
struct Runs {
  int channels, images, rows, length;
};

static inline Runs runsOf(const Planes& a) {
  Runs runs{a.channels, a.images, a.height, a.width};
  if (runs.rows == 1 || a.rowPitch == a.width) runs = {a.channels, a.images, 1, a.height * a.width};
  if (runs.rows == 1 && (a.images == 1 || a.imagePitch == runs.length)) runs = {a.channels, 1, 1, a.images * runs.length};
  if (runs.images == 1 && runs.rows == 1 && a.channelPitch == runs.length) runs = {1, 1, 1, a.channels * runs.length};
  return runs;
}

// The runs of two planes: as long as both allow.
static inline Runs runsOf(const Planes& a, const Planes& b) {
  Runs first = runsOf(a), second = runsOf(b);
  return first.length < second.length ? first : second;
}

// Calls visit(position in a, position in b, length) for each run of this thread's part.
template <class Visit>
static inline void forEachRun(const Task& task, const Planes& a, const Planes& b, Visit visit) {
  Runs runs = runsOf(a, b);
  if (runs.channels == 1 && runs.images == 1 && runs.rows == 1) {
    Range part = task.share(runs.length);
    if (part.first < part.end) visit(a.at + part.first, b.at + part.first, part.end - part.first);
    return;
  }
  Range part = task.share(runs.channels);
  for (int c = part.first; c < part.end; c++)
    for (int n = 0; n < runs.images; n++)
      for (int y = 0; y < runs.rows; y++) visit(a.row(c, n, y), b.row(c, n, y), runs.length);
}
