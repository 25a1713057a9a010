// Images with more pixels, and sequences in another order.
#pragma once
#include "../planes.h"

// Each pixel becomes a block of `down` x `right` pixels: copies of it, or itself at the top left and zeros.
SMALL static void upsample(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  int down = operands.number(), right = operands.number();
  bool zeros = operands.number();
  Range channels = task.share(out.channels);
  for (int c = channels.first; c < channels.end; c++)
    for (int n = 0; n < out.images; n++)
      for (int y = 0; y < out.height; y++) {
        float* to = out.row(c, n, y);
        if (zeros && y % down) {
          __builtin_memset(to, 0, (int64_t)out.width * 4);
          continue;
        }
        const float* from = in.row(c, n, y / down);
        for (int x = 0; x < in.width; x++)
          for (int i = 0; i < right; i++) *to++ = zeros && i ? 0 : from[x];
      }
}

// The steps of a sequence, the last one first.
SMALL static void reverse(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  Range channels = task.share(out.channels);
  for (int c = channels.first; c < channels.end; c++)
    for (int n = 0; n < out.images; n++) {
      const float* from = in.row(c, n, 0);
      float* to = out.row(c, n, 0);
      for (int x = 0; x < out.width; x++) to[x] = from[out.width - 1 - x];
    }
}
