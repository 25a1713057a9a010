// Operations on each element: activations, sums and products of tensors, scales.
#pragma once
#include "../math.h"
#include "../planes.h"

// In the order of KERNELS in src/plan/activations.ts. Linear, relu and relu6 are limits: the products apply them.
enum class Activation : int { limits, leakyRelu, elu, selu, softplus, softsign, tanh, sigmoid, hardSigmoid, keras2HardSigmoid, gelu, silu, hardSilu };

struct Function {
  Activation kind;
  float a, b;  // the limits, or the slope of leakyRelu
};

static inline Vector limit(Function f, Vector x) { return atMost(atLeast(x, splat(f.a)), splat(f.b)); }

// Not expanded at every call, which would make the modules a third larger.
__attribute__((noinline)) static Vector applyFunction(Function f, Vector x) {
  switch (f.kind) {
    case Activation::limits: return limit(f, x);
    case Activation::leakyRelu: return x > 0 ? x : x * f.a;
    case Activation::elu: return x > 0 ? x : exponentialMinus1(x);
    case Activation::selu: return 1.0507009873554805f * (x > 0 ? x : 1.6732632423543772f * exponentialMinus1(x));
    case Activation::softplus: return atLeast(x, splat(0)) + logarithmOfSum(exponential(-magnitude(x)));
    case Activation::softsign: return x / (1.f + magnitude(x));
    case Activation::tanh: return hyperbolicTangent(x);
    case Activation::sigmoid: return sigmoid(x);
    case Activation::hardSigmoid: return atMost(atLeast(x + 3.f, splat(0)), splat(6)) / 6.f;
    case Activation::keras2HardSigmoid: return atMost(atLeast(x * 0.2f + 0.5f, splat(0)), splat(1));
    case Activation::gelu: return x * 0.5f * complementaryError(x * -0.70710678f);
    case Activation::silu: return x * sigmoid(x);
    case Activation::hardSilu: return x * (atMost(atLeast(x + 3.f, splat(0)), splat(6)) / 6.f);
  }
  return x;
}

static inline Vector apply(Function f, Vector x) { return f.kind == Activation::limits ? limit(f, x) : applyFunction(f, x); }

static inline Function readFunction(Operands& operands) {
  Activation kind = (Activation)operands.number();
  float a = operands.real();
  return {kind, a, operands.real()};
}

// to[i] = f(from[i]), vector by vector; the last one is filled with zeros.
template <class F>
static inline void mapRun(const float* from, float* to, int length, F f) {
  int i = 0;
  for (; i + LANES <= length; i += LANES) store(to + i, f(load(from + i), i));
  if (i == length) return;
  Vector last = {};
  __builtin_memcpy(&last, from + i, (length - i) * 4);
  last = f(last, i);
  __builtin_memcpy(to + i, &last, (length - i) * 4);
}

static void activate(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  Function f = readFunction(operands);
  forEachRun(task, in, out, [f](const float* from, float* to, int length) {
    mapRun(from, to, length, [f](Vector x, int) { return apply(f, x); });
  });
}

// f((x - shift[c]) scale[c] + offset[c])
static void affine(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  const float* shift = operands.floats();
  const float* scale = operands.floats();
  const float* offset = operands.floats();
  Function f = readFunction(operands);
  Range channels = task.share(out.channels);
  for (int c = channels.first; c < channels.end; c++) {
    Vector origin = splat(shift[c]), factor = splat(scale[c]), term = splat(offset[c]);
    for (int n = 0; n < out.images; n++)
      for (int y = 0; y < out.height; y++)
        mapRun(in.row(c, n, y), out.row(c, n, y), out.width, [=](Vector x, int) { return apply(f, (x - origin) * factor + term); });
  }
}

enum class Combination : int { sum, product };

// out = f((a combined with b) scale); axes of length 1 of a and b are broadcast.
static void combine(const Task& task) {
  Operands operands(task);
  Planes a = operands.planes(), b = operands.planes(), out = operands.planes();
  Combination kind = (Combination)operands.number();
  float scale = operands.real();
  Function f = readFunction(operands);
  auto row = [](const Planes& p, int c, int n, int y) { return p.row(p.channels == 1 ? 0 : c, n, p.height == 1 ? 0 : y); };
  auto value = [](const Planes& p, const float* row, int x) {
    if (p.width == 1) return splat(row[0]);
    if (x + LANES <= p.width) return load(row + x);
    Vector last = {};
    __builtin_memcpy(&last, row + x, (p.width - x) * 4);
    return last;
  };
  Range channels = task.share(out.channels);
  for (int c = channels.first; c < channels.end; c++)
    for (int n = 0; n < out.images; n++)
      for (int y = 0; y < out.height; y++) {
        const float* rowA = row(a, c, n, y);
        const float* rowB = row(b, c, n, y);
        float* to = out.row(c, n, y);
        for (int x = 0; x < out.width; x += LANES) {
          Vector left = value(a, rowA, x), right = value(b, rowB, x);
          Vector result = apply(f, (kind == Combination::sum ? left + right : left * right) * scale);
          if (x + LANES <= out.width)
            store(to + x, result);
          else
            __builtin_memcpy(to + x, &result, (out.width - x) * 4);
        }
      }
}

// Over the channels of each position.
SMALL static void softmax(const Task& task) {
  Operands operands(task);
  Planes in = operands.planes(), out = operands.planes();
  int rows = in.images * in.height;
  Range items = task.share(rows * in.width);
  for (int item = items.first; item < items.end; item++) {
    int n = item / (in.height * in.width), y = item / in.width % in.height, x = item % in.width;
    const float* from = in.row(0, n, y) + x;
    float* to = out.row(0, n, y) + x;
    float greatest = from[0];
    for (int c = 1; c < in.channels; c++) {
      float value = from[(int64_t)c * in.channelPitch];
      if (!(value <= greatest)) greatest = value;
    }
    float sum = 0;
    for (int c = 0; c < in.channels; c += LANES) {
      Vector values = {};
      int count = in.channels - c < LANES ? in.channels - c : LANES;
      for (int i = 0; i < count; i++) values[i] = from[(int64_t)(c + i) * in.channelPitch];
      values = exponential(values - greatest);
      for (int i = 0; i < count; i++) {
        sum += values[i];
        to[(int64_t)(c + i) * out.channelPitch] = values[i];
      }
    }
    for (int c = 0; c < in.channels; c++) to[(int64_t)c * out.channelPitch] /= sum;
  }
}
