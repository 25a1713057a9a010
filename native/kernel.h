#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <new>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

// Compiles a function for several kinds of x86 processors; the loader selects the version for the machine. Products and sums are rounded
// separately (-ffp-contract=off), so all versions give the same bits.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

namespace thresher {

using Shape = std::vector<int64_t>;

/** Numbers in a vector. Rows are padded to a multiple of this; the padding does not affect the results. */
constexpr int64_t kLanes = 16;

/** The numbers in a register of this processor. */
int LanesOfProcessor();

inline int64_t CountOf(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t length : shape) count *= length;
  return count;
}

/** Memory that is aligned to a cache line, so that no vector crosses two lines. */
template <typename T>
class Aligned {
 public:
  explicit Aligned(int64_t count) : count_(count), numbers_(static_cast<T*>(::operator new[](count * sizeof(T), kLine))) {}
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
  ~Aligned() { ::operator delete[](numbers_, kLine); }
  void Clear() const { std::fill_n(numbers_, count_, T{}); }
  T* data() const { return numbers_; }
  T& operator[](int64_t place) const { return numbers_[place]; }

 private:
  static constexpr std::align_val_t kLine{64};
  const int64_t count_;
  T* const numbers_;
};

/** A reference to a tensor; null if the kernel has failed. */
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor) {}
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  template <typename T = float>
  T* data() const {
    return static_cast<T*>(TF_TensorData(tensor_));
  }
  Shape shape() const {
    Shape shape;
    for (int axis = 0; axis < TF_NumDims(tensor_); axis++) shape.push_back(TF_Dim(tensor_, axis));
    return shape;
  }
  int64_t count() const { return TF_TensorElementCount(tensor_); }
  TF_Tensor* get() const { return tensor_; }

 private:
  TF_Tensor* tensor_;
};

/** The total time of an op's calls, for profiling. */
struct Stopwatch {
  const char* op;
  std::atomic<int64_t> nanoseconds{0};
  explicit Stopwatch(const char* op);
};

/** Reads the attributes of a kernel that is being created. The creation fails if one cannot be read. */
class AttributeReader {
 public:
  explicit AttributeReader(TF_OpKernelConstruction* construction) : construction_(construction), status_(TF_NewStatus()) {}
  AttributeReader(const AttributeReader&) = delete;
  AttributeReader& operator=(const AttributeReader&) = delete;
  ~AttributeReader() {
    if (failed()) TF_OpKernelConstruction_Failure(construction_, status_);
    TF_DeleteStatus(status_);
  }

  AttributeReader& Read(const char* name, float* value) {
    if (!failed()) TF_OpKernelConstruction_GetAttrFloat(construction_, name, value, status_);
    return *this;
  }

  AttributeReader& Read(const char* name, bool* value) {
    unsigned char byte = *value;
    if (!failed()) TF_OpKernelConstruction_GetAttrBool(construction_, name, &byte, status_);
    *value = byte != 0;
    return *this;
  }

  AttributeReader& Read(const char* name, int32_t* values, int count) {
    if (!failed()) TF_OpKernelConstruction_GetAttrInt32List(construction_, name, values, count, status_);
    return *this;
  }

 private:
  bool failed() const { return TF_GetCode(status_) != TF_OK; }
  TF_OpKernelConstruction* construction_;
  TF_Status* status_;
};

/** Deletes the object that `create` returned. */
template <typename Attributes>
void Destroy(void* attributes) {
  delete static_cast<Attributes*>(attributes);
}

/** A call of a kernel, with its inputs and outputs by index. The kernel must return as soon as it has failed. */
class Call {
 public:
  Call(TF_OpKernelContext* context, Stopwatch& stopwatch)
      : context_(context), stopwatch_(stopwatch), started_(std::chrono::steady_clock::now()), status_(TF_NewStatus()) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    if (failed()) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
    stopwatch_.nanoseconds += std::chrono::nanoseconds(std::chrono::steady_clock::now() - started_).count();
  }
  bool failed() const { return TF_GetCode(status_) != TF_OK; }
  void Fail(const char* message) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, message); }

  Tensor Input(int place) {
    TF_Tensor* tensor = nullptr;
    if (!failed()) TF_GetInput(context_, place, &tensor, status_);
    return Tensor(tensor);
  }

  Tensor Output(int place, TF_DataType type, const Shape& shape) {
    if (failed()) return Tensor(nullptr);
    const size_t bytes = CountOf(shape) * TF_DataTypeSize(type);
    return Tensor(TF_AllocateOutput(context_, place, type, shape.data(), static_cast<int>(shape.size()), bytes, status_));
  }

  /** An output in the memory of an input, unless that memory is still used elsewhere. Must be called before `Input` for that input. */
  Tensor OutputInPlaceOf(int input, int place, const Shape& shape) {
    if (failed()) return Tensor(nullptr);
    return Tensor(TF_ForwardInputOrAllocateOutput(context_, &input, 1, place, shape.data(), static_cast<int>(shape.size()),
                                                  nullptr, status_));
  }

  /** Returns a tensor unchanged as an output. */
  void SetOutput(int place, const Tensor& tensor) {
    if (!failed()) TF_SetOutput(context_, place, tensor.get(), status_);
  }

 private:
  TF_OpKernelContext* context_;
  Stopwatch& stopwatch_;
  const std::chrono::steady_clock::time_point started_;
  TF_Status* status_;
};

/** The definition of an op. Inputs, outputs and attributes are in TensorFlow's notation, such as "x: float". */
struct Op {
  const char* name;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  std::vector<const char*> attributes;
  void (*infer_shapes)(TF_ShapeInferenceContext*, TF_Status*);
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

inline void Register(const Op& op, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(op.name);
  for (const char* input : op.inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  for (const char* output : op.outputs) TF_OpDefinitionBuilderAddOutput(builder, output);
  for (const char* attribute : op.attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, op.infer_shapes);
  TF_RegisterOpDefinition(builder, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_RegisterKernelBuilder(op.name, TF_NewKernelBuilder(op.name, "CPU", op.create, op.compute, op.destroy), status);
}

/** For ops whose shapes depend on an attribute, which the C API does not provide to shape functions. */
inline void UnknownShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

/** For ops whose outputs all have the shape of their first input. */
template <int outputs>
void ShapesOfFirstInput(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, shape, status);
  for (int output = 0; output < outputs && TF_GetCode(status) == TF_OK; output++) {
    TF_ShapeInferenceContextSetOutput(context, output, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

}  // namespace thresher
