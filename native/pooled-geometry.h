#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "add-terms.h"
#include "kernel.h"

namespace thresher {

/** As the attribute `geometry` lists it. */
struct Geometry {
  int32_t kernel_height, kernel_width, stride_y, stride_x, top, left, pool_height, pool_width;
};
constexpr int kGeometryNumbers = sizeof(Geometry) / sizeof(int32_t);

/** The gradient of a pooled convolution, as its kernels share it: shapes, and how one example is laid out to be worked on. */
struct Problem {
  Geometry geometry;
  int64_t height, width, in, rows, columns, out;

  /** Of an example's inputs with their margins: as far as windows reach. */
  int64_t padded_width() const {
    const int64_t last = (columns * geometry.pool_width - 1) * geometry.stride_x + geometry.kernel_width;
    return std::max(last, geometry.left + width);
  }
  int64_t padded_height() const {
    const int64_t last = (rows * geometry.pool_height - 1) * geometry.stride_y + geometry.kernel_height;
    return std::max(last, geometry.top + height);
  }
  int64_t line() const { return padded_width() * in; }
  /** Numbers of a kernel that lie in one row of the input. */
  int64_t run() const { return geometry.kernel_width * in; }
  int64_t filled_run() const { return FilledUp(run()); }
  int64_t scratch() const { return padded_height() * line() + kLanes; }
  int64_t image() const { return height * width * in; }
  int64_t pooled() const { return rows * columns * out; }

  /** Where the inputs of the output element at `y`, `x` begin. */
  int32_t StartOf(int64_t y, int64_t x) const {
    return static_cast<int32_t>(y * geometry.stride_y * line() + x * geometry.stride_x * in);
  }
  int32_t StartOfWindow(int64_t window) const {
    return StartOf(window / columns * geometry.pool_height, window % columns * geometry.pool_width);
  }
  /** Of each element of a window, from the window's own start on. */
  std::vector<int32_t> ElementStarts() const {
    std::vector<int32_t> starts;
    for (int32_t y = 0; y < geometry.pool_height; y++) {
      for (int32_t x = 0; x < geometry.pool_width; x++) starts.push_back(StartOf(y, x));
    }
    return starts;
  }

  void CopyIn(const float* image, float* padded) const {
    for (int64_t y = 0; y < height; y++) {
      float* to = padded + (geometry.top + y) * line() + geometry.left * in;
      std::memcpy(to, image + y * width * in, width * in * sizeof(float));
    }
  }
  void CopyOut(const float* padded, float* image) const {
    for (int64_t y = 0; y < height; y++) {
      const float* from = padded + (geometry.top + y) * line() + geometry.left * in;
      std::memcpy(image + y * width * in, from, width * in * sizeof(float));
    }
  }
};

inline Problem ProblemOf(const Geometry& geometry, const Shape& x, const Shape& g) {
  return {geometry, x[1], x[2], x[3], g[1], g[2], g[3]};
}

/** [out, kernel height, filled run] <-> [kernel height, kernel width, in, out] */
template <typename Move>
void EachWeight(const Problem& problem, Move move) {
  const int64_t run = problem.run();
  for (int64_t ky = 0; ky < problem.geometry.kernel_height; ky++) {
    for (int64_t i = 0; i < run; i++) {
      for (int64_t c = 0; c < problem.out; c++) {
        move((c * problem.geometry.kernel_height + ky) * problem.filled_run() + i, (ky * run + i) * problem.out + c);
      }
    }
  }
}

inline void* CreateGeometry(TF_OpKernelConstruction* construction) {
  auto* geometry = new Geometry;
  TF_Status* status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrInt32List(construction, "geometry", reinterpret_cast<int32_t*>(geometry), kGeometryNumbers,
                                           status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return geometry;
}

inline void DeleteGeometry(void* geometry) { delete static_cast<Geometry*>(geometry); }

}  // namespace thresher
