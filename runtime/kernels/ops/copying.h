// Operations that move elements.
#pragma once
#include "../planes.h"

// Examples [images, height, width, channels], as users have them, become planes.
static void readExamples(const Task& task) {
  Operands operands(task);
  const float* examples = operands.floats();
  Planes out = operands.planes();
  Range channels = task.share(out.channels);
  for (int n = 0; n < out.images; n++)
    for (int y = 0; y < out.height; y++) {
      const float* from = examples + (int64_t)(n * out.height + y) * out.width * out.channels;
      for (int c = channels.first; c < channels.end; c++) {
        float* to = out.row(c, n, y);
        if (out.channels == 1)
          copyFloats(from, to, out.width);
        else
          for (int x = 0; x < out.width; x++) to[x] = from[x * out.channels + c];
      }
    }
}

static void writeExamples(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes();
  float* examples = operands.floats();
  Range channels = task.share(in.channels);
  for (int n = 0; n < in.images; n++)
    for (int y = 0; y < in.height; y++) {
      float* to = examples + (int64_t)(n * in.height + y) * in.width * in.channels;
      for (int c = channels.first; c < channels.end; c++) {
        const float* from = in.row(c, n, y);
        for (int x = 0; x < in.width; x++) to[x * in.channels + c] = from[x];
      }
    }
}

// The same elements, in row-major order of [height, width, channels], in another shape.
SMALL static void reshape(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  Range channels = task.share(out.channels);
  // Channels of the output that are adjacent channels of one pixel of the input, or adjacent pixels of its only channel.
  bool hasOneChannel = in.channels == 1;
  int step = hasOneChannel ? 1 : in.channelPitch;
  for (int y = 0; y < out.height; y++)
    for (int x = 0; x < out.width; x++) {
      int64_t element = ((int64_t)y * out.width + x) * out.channels + channels.first;
      int from = element % in.channels, place = element / in.channels;
      int fromY = place / in.width, fromX = place % in.width;
      for (int c = channels.first; c < channels.end;) {
        int adjacent = hasOneChannel ? in.width - fromX : in.channels - from;
        int run = adjacent < channels.end - c ? adjacent : channels.end - c;
        const float* source = in.row(from, 0, fromY) + fromX;
        float* target = out.row(c, 0, y) + x;
        for (int n = 0; n < in.images; n++)
          for (int i = 0; i < run; i++) target[(int64_t)i * out.channelPitch + (int64_t)n * out.imagePitch] = source[(int64_t)i * step + (int64_t)n * in.imagePitch];
        c += run;
        from = 0;
        fromX += hasOneChannel ? run : 1;
        if (fromX < in.width) continue;
        fromX = 0;
        fromY++;
      }
    }
}

static void copy(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  forEachRun(task, in, out, [](const float* from, float* to, int length) { __builtin_memcpy(to, from, (int64_t)length * 4); });
}

// Copies as many rows as an image of `out` has.
static inline void copyRows(const float* from, float* to, int fromPitch, const Planes& out, const float* limit) {
  int rows = out.height, width = out.width, pitch = out.rowPitch;
  if (width <= LANES)
    for (; rows > 0 && to + LANES <= limit; rows--, from += fromPitch, to += pitch) store(to, load(from));
  for (; rows > 0; rows--, from += fromPitch, to += pitch) copyRow(from, to, width, limit);
}

// Cuts padded images into phases: channel c phases + i of the output has the pixels (y strideY + phaseY, x strideX + phaseX) of channel c,
// where phase i is one of a list. So a convolution of any stride is one of stride 1, and margins are zeros like other pixels.
static void split(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  int top = operands.number(), left = operands.number(), strideY = operands.number(), strideX = operands.number();
  int phases = operands.number();
  const uint32_t* list = operands.words();  // [phases, 2]
  Range channels = task.share(out.channels);
  for (int c = channels.first; c < channels.end; c++) {
    int phaseY = list[c % phases * 2], phaseX = list[c % phases * 2 + 1];
    // Column x of the output is column x strideX + shift of the input; columns [first, end) are inside.
    int shift = phaseX - left;
    int first = shift >= 0 ? 0 : (-shift + strideX - 1) / strideX;
    int end = in.width - shift <= 0 ? 0 : (in.width - shift + strideX - 1) / strideX;
    if (end > out.width) end = out.width;
    if (first > end) first = end;
    const float* limit = out.channel(c) + out.channelPitch;
    int firstY = phaseY - top;
    bool isInside = strideX == 1 && strideY == 1 && end - first == out.width && firstY >= 0 && firstY + out.height <= in.height;
    if (isInside) {
      for (int n = 0; n < out.images; n++) copyRows(in.row(c / phases, n, firstY) + shift, out.row(c, n, 0), in.rowPitch, out, limit);
      continue;
    }
    for (int n = 0; n < out.images; n++)
      for (int y = 0; y < out.height; y++) {
        float* to = out.row(c, n, y);
        int fromY = y * strideY + phaseY - top;
        if (fromY < 0 || fromY >= in.height) {
          __builtin_memset(to, 0, (int64_t)out.width * 4);
          continue;
        }
        const float* from = in.row(c / phases, n, fromY) + shift;
        for (int x = 0; x < first; x++) to[x] = 0;
        if (strideX == 1)
          copyRow(from + first, to + first, end - first, limit);
        else
          for (int x = first; x < end; x++) to[x] = from[(int64_t)x * strideX];
        for (int x = end; x < out.width; x++) to[x] = 0;
      }
  }
}
