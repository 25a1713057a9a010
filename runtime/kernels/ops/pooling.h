// Maxima and means over windows and over whole images.
#pragma once
#include "../math.h"
#include "../planes.h"

struct Maximum {
  static float start() { return -INFINITE; }
  static float join(float a, float b) { return a > b || a != a ? a : b; }
  static Vector join(Vector a, Vector b) { return a > b || a != a ? a : b; }
};

struct Sum {
  static float start() { return 0; }
  static float join(float a, float b) { return a + b; }
  static Vector join(Vector a, Vector b) { return a + b; }
};

struct Windows {
  int height, width, strideY, strideX, top, left;
};

// The joined rows [first, end) of an image go to `line`.
template <class Join>
static inline void joinRows(const Planes& in, int c, int n, int first, int end, float* line) {
  int x = 0;
  for (; x + LANES <= in.width; x += LANES) {
    Vector joined = splat(Join::start());
    for (int y = first; y < end; y++) joined = Join::join(joined, load(in.row(c, n, y) + x));
    store(line + x, joined);
  }
  for (; x < in.width; x++) {
    float joined = Join::start();
    for (int y = first; y < end; y++) joined = Join::join(joined, in.row(c, n, y)[x]);
    line[x] = joined;
  }
}

// A window is cut to the image; a mean is over what remains.
template <class Join>
static void pool(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  Windows w{operands.number(), operands.number(), operands.number(), operands.number(), operands.number(), operands.number()};
  float* line = operands.floats() + (int64_t)task.thread * operands.number();  // a row for each thread
  bool isMean = operands.number();
  Range channels = task.share(out.channels);
  for (int c = channels.first; c < channels.end; c++)
    for (int n = 0; n < out.images; n++)
      for (int y = 0; y < out.height; y++) {
        int top = y * w.strideY - w.top, firstY = top < 0 ? 0 : top;
        int endY = top + w.height > in.height ? in.height : top + w.height;
        joinRows<Join>(in, c, n, firstY, endY, line);
        float* to = out.row(c, n, y);
        for (int x = 0; x < out.width; x++) {
          int left = x * w.strideX - w.left, firstX = left < 0 ? 0 : left;
          int endX = left + w.width > in.width ? in.width : left + w.width;
          float joined = line[firstX];
          for (int i = firstX + 1; i < endX; i++) joined = Join::join(joined, line[i]);
          to[x] = isMean ? joined / (float)((endY - firstY) * (endX - firstX)) : joined;
        }
      }
}

template <class Join>
static void poolGlobally(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  bool isMean = operands.number();
  Range channels = task.share(out.channels);
  for (int c = channels.first; c < channels.end; c++)
    for (int n = 0; n < out.images; n++) {
      Vector sums = splat(Join::start());
      float rest = Join::start();
      for (int y = 0; y < in.height; y++) {
        const float* row = in.row(c, n, y);
        int x = 0;
        for (; x + LANES <= in.width; x += LANES) sums = Join::join(sums, load(row + x));
        for (; x < in.width; x++) rest = Join::join(rest, row[x]);
      }
      for (int lane = 0; lane < LANES; lane++) rest = Join::join(rest, sums[lane]);
      *out.row(c, n, 0) = isMean ? rest / (float)(in.height * in.width) : rest;
    }
}
