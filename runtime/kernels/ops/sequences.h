// Operations on the features of a step: embeddings, normalizations, recurrent cells.
#pragma once
#include "elementwise.h"

// The row of a table [tokens, channels] for each of the channels of the input, which are the tokens of a sequence.
SMALL static void embed(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  const float* table = operands.floats();
  Range channels = task.share(out.channels);
  for (int n = 0; n < out.images; n++)
    for (int x = 0; x < out.width; x++) {
      const float* row = table + (int64_t)*in.row(x, n, 0) * out.channels;
      for (int c = channels.first; c < channels.end; c++) out.row(c, n, 0)[x] = row[c];
    }
}

// (x - mean) / sqrt(variance + epsilon) gamma + beta over the channels of each position.
SMALL static void normalizeChannels(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  float epsilon = operands.real();
  const float* gamma = operands.floats();
  const float* beta = operands.floats();
  Range positions = task.share(in.images * in.height * in.width);
  for (int position = positions.first; position < positions.end; position++) {
    int n = position / (in.height * in.width), y = position / in.width % in.height, x = position % in.width;
    const float* from = in.row(0, n, y) + x;
    float* to = out.row(0, n, y) + x;
    auto value = [&](int c) { return from[(int64_t)c * in.channelPitch]; };
    double sum = 0, squares = 0;
    for (int c = 0; c < in.channels; c++) sum += value(c);
    float mean = (float)(sum / in.channels);
    for (int c = 0; c < in.channels; c++) squares += (double)(value(c) - mean) * (value(c) - mean);
    float deviation = __builtin_sqrtf((float)(squares / in.channels) + epsilon);
    for (int c = 0; c < in.channels; c++) to[(int64_t)c * out.channelPitch] = (value(c) - mean) / deviation * gamma[c] + beta[c];
  }
}

// The equations of recurrent cells, of the projections of the input and of the state, gate by gate in Keras's order. They return the output.

static inline Vector gateOf(Vector x) { return applyFunction({Activation::sigmoid, 0, 0}, x); }
static inline Vector squashed(Vector x) { return applyFunction({Activation::tanh, 0, 0}, x); }

struct Lstm {
  static constexpr int GATES = 4;
  static Vector step(const Vector* input, const Vector* state, Vector, Vector& memory) {
    memory = gateOf(input[1] + state[1]) * memory + gateOf(input[0] + state[0]) * squashed(input[2] + state[2]);
    return gateOf(input[3] + state[3]) * squashed(memory);
  }
};

// The reset gate acts after the recurrent kernel.
struct Gru {
  static constexpr int GATES = 3;
  static Vector step(const Vector* input, const Vector* state, Vector before, Vector&) {
    Vector update = gateOf(input[0] + state[0]), reset = gateOf(input[1] + state[1]);
    Vector candidate = squashed(input[2] + reset * state[2]);
    return candidate + update * (before - candidate);
  }
};

struct SimpleRnn {
  static constexpr int GATES = 1;
  static Vector step(const Vector* input, const Vector* state, Vector, Vector&) { return squashed(input[0] + state[0]); }
};

// `count` channels of a position, and zeros.
static inline Vector gather(const Planes& from, int channel, int count, int n, int x) {
  Vector values = {};
  for (int i = 0; i < count; i++) values[i] = from.row(channel + i, n, 0)[x];
  return values;
}

static inline void scatter(Vector values, const Planes& to, int channel, int count, int n, int x) {
  for (int i = 0; i < count; i++) to.row(channel + i, n, 0)[x] = values[i];
}

// One step of a recurrence: `output` and `memory` are replaced, and `output` is copied to a step of `out` unless that is -1.
template <class Cell>
SMALL static void recur(const Task& task) {
  Operands operands(task);
  Planes inputs = operands.planes(), products = operands.planes(), output = operands.planes(), memory = operands.planes(), out = operands.planes();
  int step = operands.number(), outStep = operands.number();
  // In the first step the state is zero, and its projections are the bias.
  bool isFirst = operands.number();
  const float* bias = operands.floats();
  int units = output.channels;
  Range vectors = task.share((units + LANES - 1) / LANES);
  for (int n = 0; n < output.images; n++)
    for (int u = vectors.first * LANES; u < vectors.end * LANES && u < units; u += LANES) {
      int count = units - u < LANES ? units - u : LANES;
      Vector input[Cell::GATES], state[Cell::GATES];
      for (int gate = 0; gate < Cell::GATES; gate++) {
        int channel = gate * units + u;
        input[gate] = gather(inputs, channel, count, n, step);
        state[gate] = Vector{};
        if (isFirst)
          __builtin_memcpy(&state[gate], bias + channel, count * 4);
        else
          state[gate] = gather(products, channel, count, n, 0);
      }
      Vector before = isFirst ? Vector{} : gather(output, u, count, n, 0);
      Vector kept = isFirst ? Vector{} : gather(memory, u, count, n, 0);
      Vector result = Cell::step(input, state, before, kept);
      scatter(kept, memory, u, count, n, 0);
      scatter(result, output, u, count, n, 0);
      if (outStep >= 0) scatter(result, out, u, count, n, outStep);
    }
}
