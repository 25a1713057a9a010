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

// The joined rows [first, end) of an image go to `line`, in whole vectors.
template <class Join>
static inline void joinRows(const Planes& in, int c, int n, int first, int end, float* line) {
  for (int x = 0; x < in.width; x += LANES) {
    Vector joined = splat(Join::start());
    for (int y = first; y < end; y++) joined = Join::join(joined, load(in.row(c, n, y) + x));
    store(line + x, joined);
  }
}

// Windows of two rows and two columns that do not overlap, without a line: it would be read before its stores have completed, which takes
// four times as long for narrow images. Whole vectors are written: the next row of the channel replaces what exceeds one.
template <class Join>
static inline void poolPairs(const Planes& in, const Planes& out, int c, int n, float factor) {
  const float* limit = out.channel(c) + out.channelPitch;
  for (int y = 0; y < out.height; y++) {
    const float* upper = in.row(c, n, 2 * y);
    const float* lower = upper + in.rowPitch;
    float* to = out.row(c, n, y);
    for (int x = 0; x < out.width; x += LANES) {
      Vector first = Join::join(load(upper + 2 * x), load(lower + 2 * x));
      Vector second = Join::join(load(upper + 2 * x + LANES), load(lower + 2 * x + LANES));
      Vector joined = Join::join(evens(first, second), odds(first, second)) * factor;
      if (to + x + LANES <= limit) {
        store(to + x, joined);
        continue;
      }
      float rest[LANES];
      store(rest, joined);
      copyFloats(rest, to + x, out.width - x < LANES ? out.width - x : LANES);
    }
  }
}

// The joined columns of as many windows as there are lanes, which begin `stride` floats apart.
template <class Join>
static inline Vector joinColumns(const float* line, int columns, int stride) {
  Vector joined = splat(Join::start());
  for (int i = 0; i < columns; i++) {
    Vector column;
    if (stride == 1)
      column = load(line + i);
    else if (stride == 2)
      column = evens(load(line + i), load(line + i + LANES));
    else
      for (int lane = 0; lane < LANES; lane++) column[lane] = line[i + lane * stride];
    joined = Join::join(joined, column);
  }
  return joined;
}

// A window is cut to the image; a mean is over what remains.
template <class Join>
SMALL static void pool(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  Windows w{operands.number(), operands.number(), operands.number(), operands.number(), operands.number(), operands.number()};
  float* line = operands.floats() + (int64_t)task.thread * operands.number();  // a row with its margins for each thread
  bool isMean = operands.number();
  // Of the image and of the last window in the line.
  int imageEnd = w.left + in.width, lastEnd = (out.width - 1) * w.strideX + w.width;
  bool isCut = w.left > 0 || lastEnd > imageEnd;
  bool isPaired = w.width == 2 && w.height == 2 && w.strideX == 2 && w.strideY == 2 && !isCut && w.top == 0 && 2 * out.height <= in.height;
  Range channels = task.share(out.channels);
  for (int c = channels.first; c < channels.end; c++)
    for (int n = 0; n < out.images; n++) {
      if (isPaired) {
        poolPairs<Join>(in, out, c, n, isMean ? .25f : 1);
        continue;
      }
      for (int y = 0; y < out.height; y++) {
        int top = y * w.strideY - w.top, firstY = top < 0 ? 0 : top;
        int endY = top + w.height > in.height ? in.height : top + w.height;
        joinRows<Join>(in, c, n, firstY, endY, line + w.left);
        for (int x = 0; x < w.left; x++) line[x] = Join::start();
        for (int x = imageEnd; x < lastEnd; x++) line[x] = Join::start();
        Vector divisor = splat(isMean ? (float)((endY - firstY) * (isCut ? 1 : w.width)) : 1);
        for (int x = 0; x < out.width; x += LANES) store(line + x, joinColumns<Join>(line + x * w.strideX, w.width, w.strideX) / divisor);
        for (int x = 0; isMean && isCut && x < out.width; x++) {
          int left = x * w.strideX, right = left + w.width;
          line[x] /= (float)((right < imageEnd ? right : imageEnd) - (left > w.left ? left : w.left));
        }
        copyRow(line, out.row(c, n, y), out.width, out.channel(c) + out.channelPitch);
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
