// The kernels that every engine has, in addition to tfjs-core's. Except for batch normalization, the names are those of TensorFlow's ops.

/** float32 in [0, 1), a function of the seed [2] only. */
export const RANDOM_UNIFORM = 'StatelessRandomUniform'

/** Losses [rows] of logits [rows, classes], and the gradient of their sum. */
export const SOFTMAX_CROSS_ENTROPY = 'SparseSoftmaxCrossEntropyWithLogits'

/** dy times the activation's derivative, which follows from its output y. */
export const RELU_GRADIENT = 'ReluGrad'
export const TANH_GRADIENT = 'TanhGrad'
export const SIGMOID_GRADIENT = 'SigmoidGrad'

/** Batch normalization in training, and its gradient. */
export const NORMALISE = 'BatchNormalizationTraining'
export const NORMALISE_GRADIENT = 'BatchNormalizationGrad'

// Kernels of engines that normalize, add and rectify in one pass. On these engines the two kernels above have an attribute `rectify`:
// `native/batch-norm.cc`.

export const NORMALISE_SUM = 'BatchNormalizationAddTraining'
export const NORMALISE_SUM_GRADIENT = 'BatchNormalizationAddGrad'

// Kernels of engines that compute these functions at once: `native/classification.cc`.

/** The sum of the losses of logits [rows, classes] with labels [rows], and the gradient of their mean. */
export const CROSS_ENTROPY = 'CrossEntropy'

/** The number of rows of the logits [rows, classes] that are largest at their label [rows], as float32. */
export const CORRECT_COUNT = 'CorrectCount'

/** (x - shift) factor of bytes x, as float32: `native/normalise.cc`. */
export const BYTES_TO_FLOATS = 'BytesToFloats'
