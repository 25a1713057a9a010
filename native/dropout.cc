// ThresherDropout(x, seed) -> y: sets some elements of x to zero and multiplies the others by the attribute `scale`. The zeros are those
// for which TensorFlow's StatelessRandomUniform with the same seed [2], int32, is below the attribute `rate`. The gradient at x is the same
// op applied to the gradient at y.

#include "kernel.h"
#include "ops.h"
#include "parallel-for.h"

namespace thresher {
namespace {

Stopwatch stopwatch("ThresherDropout");

/** Random numbers for each counter. */
constexpr int64_t kWords = 4;
/** Counters that are computed at once. */
constexpr int64_t kBlocks = kLanes;
/** Counters in a thread's piece of work. */
constexpr int64_t kPiece = 2048;

/** The key and counter of a stream of random numbers of Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011, section 3.3). */
struct Stream {
  uint32_t key[2];
  /** The upper half of the counter. The lower half counts. */
  uint32_t upper[2];
};

/** Replaces a counter by its four random words. */
inline __attribute__((always_inline)) void Philox(uint32_t key0, uint32_t key1, uint32_t& c0, uint32_t& c1, uint32_t& c2, uint32_t& c3) {
  for (int round = 0; round < 10; round++) {
    const uint64_t first = uint64_t{0xD2511F53} * c0;
    const uint64_t second = uint64_t{0xCD9E8D57} * c2;
    c0 = static_cast<uint32_t>(second >> 32) ^ c1 ^ key0;
    c2 = static_cast<uint32_t>(first >> 32) ^ c3 ^ key1;
    c1 = static_cast<uint32_t>(second);
    c3 = static_cast<uint32_t>(first);
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
}

/** As in TensorFlow's stateless ops, one application of Philox to the seed gives the key and the counter's upper half. */
Stream StreamOf(const int32_t* seed) {
  const auto sign = [](int32_t word) { return word < 0 ? ~uint32_t{0} : 0; };
  uint32_t c0 = seed[0], c1 = sign(seed[0]), c2 = seed[1], c3 = sign(seed[1]);
  Philox(0x3EC8F720, 0x02461E29, c0, c1, c2, c3);
  return {{c0, c1}, {c2, c3}};
}

/** Computes the factors of the elements from counter `block` on. The lowest 23 bits of a word are its fraction of one. */
FOR_EACH_PROCESSOR
void Draw(Stream stream, int64_t block, float rate, float scale, float* factors) {
#pragma omp simd
  for (int64_t i = 0; i < kBlocks; i++) {
    const uint64_t counter = block + i;
    uint32_t c0 = static_cast<uint32_t>(counter), c1 = static_cast<uint32_t>(counter >> 32), c2 = stream.upper[0], c3 = stream.upper[1];
    Philox(stream.key[0], stream.key[1], c0, c1, c2, c3);
    const auto factor = [=](uint32_t word) {
      const float uniform = static_cast<float>(static_cast<int32_t>(word & 0x7FFFFF)) * 0x1p-23f;
      return uniform >= rate ? scale : 0;
    };
    factors[kWords * i] = factor(c0);
    factors[kWords * i + 1] = factor(c1);
    factors[kWords * i + 2] = factor(c2);
    factors[kWords * i + 3] = factor(c3);
  }
}

FOR_EACH_PROCESSOR
void Multiply(const float* x, const float* factors, int64_t count, float* y) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) y[i] = x[i] * factors[i];
}

struct Attributes {
  float rate, scale;
};

void* Create(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  AttributeReader(construction).Read("rate", &attributes->rate).Read("scale", &attributes->scale);
  return attributes;
}

/** Releases the input at once: an input that is still referenced cannot become the output. */
Shape ShapeOfInput(Call& call, int place) {
  const Tensor input = call.Input(place);
  return call.failed() ? Shape() : input.shape();
}

void Compute(void* kernel, TF_OpKernelContext* context) {
  enum Input { kX, kSeed };
  const auto& attributes = *static_cast<Attributes*>(kernel);
  Call call(context, stopwatch);
  const Shape shape = ShapeOfInput(call, kX);
  const Tensor y = call.OutputInPlaceOf(kX, 0, shape);
  const Tensor x = call.Input(kX);
  const Tensor seed = call.Input(kSeed);
  if (call.failed()) return;
  const Stream stream = StreamOf(seed.data<int32_t>());
  const int64_t count = x.count();
  ParallelFor((count + kWords - 1) / kWords, kPiece, [&](int64_t begin, int64_t end) {
    alignas(64) float factors[kWords * kBlocks];
    for (int64_t block = begin; block < end; block += kBlocks) {
      Draw(stream, block, attributes.rate, attributes.scale, factors);
      const int64_t place = kWords * block;
      const int64_t some = std::min(kWords * std::min(kBlocks, end - block), count - place);
      Multiply(x.data() + place, factors, some, y.data() + place);
    }
  });
}

}  // namespace

void RegisterDropout(TF_Status* status) {
  Register({"ThresherDropout",
            {"x: float", "seed: int32"},
            {"y: float"},
            {"rate: float", "scale: float"},
            ShapesOfFirstInput<1>,
            Create,
            Compute,
            Destroy<Attributes>},
           status);
}

}  // namespace thresher
