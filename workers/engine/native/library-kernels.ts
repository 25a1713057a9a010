import * as tf from '@tensorflow/tfjs-core'
import {
  NORMALISE,
  NORMALISE_GRADIENT,
  RANDOM_UNIFORM,
  RELU_GRADIENT,
  SIGMOID_GRADIENT,
  SOFTMAX_CROSS_ENTROPY,
  TANH_GRADIENT,
} from '#workers/engine/ops/kernel-names.ts'
import { CLIP_BY_TENSOR } from '#workers/engine/ops/soft-threshold.ts'
import {
  type Attribute,
  boolAttribute,
  DATA_TYPES,
  FLOAT32,
  floatAttribute,
  intAttribute,
  typeAttribute,
} from './attributes.ts'
import type { NativeKernel } from './native-kernel.ts'

// Kernels of libtensorflow that tfjs-node does not offer, or composes of several slower ones. All compute float32.

type OutputGradient = { dy: tf.Tensor; y: tf.Tensor }

export const reluGrad: NativeKernel<OutputGradient, unknown> = {
  name: RELU_GRADIENT,
  compute: ({ dy, y }, _, { backend }) => backend.executeSingleOutput(RELU_GRADIENT, [FLOAT32], [dy, y]),
}

export const tanhGrad = fromOutput(TANH_GRADIENT)
export const sigmoidGrad = fromOutput(SIGMOID_GRADIENT)

/** The gradient of an activation whose derivative follows from its output y. */
function fromOutput(name: string): NativeKernel<OutputGradient, unknown> {
  return {
    name,
    compute: ({ dy, y }, _, { backend }) => backend.executeSingleOutput(name, [FLOAT32], [y, dy]),
  }
}

/** Losses [rows] and the gradient of their sum [rows, classes]. */
export const sparseSoftmaxCrossEntropy: NativeKernel<{ logits: tf.Tensor; labels: tf.Tensor }, unknown> = {
  name: SOFTMAX_CROSS_ENTROPY,
  compute({ logits, labels }, _, { backend }) {
    const attributes = [FLOAT32, typeAttribute('Tlabels', DATA_TYPES.int32)]
    return backend.executeMultipleOutputs(SOFTMAX_CROSS_ENTROPY, attributes, [logits, labels], 2)
  },
}

/** TensorFlow updates the running statistics itself, by `exponential_avg_factor`. The last three outputs are for the gradient. */
export const batchNormalizationTraining: NativeKernel<
  Record<'x' | 'gamma' | 'beta' | 'mean' | 'variance', tf.Tensor>,
  { momentum: number; epsilon: number }
> = {
  name: NORMALISE,
  compute({ x, gamma, beta, mean, variance }, { momentum, epsilon }, { backend }) {
    const attributes = [...normalisation(epsilon), floatAttribute('exponential_avg_factor', 1 - momentum)]
    return backend.executeMultipleOutputs('FusedBatchNormV3', attributes, [x, gamma, beta, mean, variance], 6)
  },
}

export const batchNormalizationGrad: NativeKernel<
  Record<'dy' | 'x' | 'gamma' | 'saved0' | 'saved1' | 'saved2', tf.Tensor>,
  { epsilon: number }
> = {
  name: NORMALISE_GRADIENT,
  compute({ dy, x, gamma, saved0, saved1, saved2 }, { epsilon }, { backend }) {
    const inputs = [dy, x, gamma, saved0, saved1, saved2]
    return backend
      .executeMultipleOutputs('FusedBatchNormGradV3', normalisation(epsilon), inputs, 5)
      .slice(0, 3)
  },
}

function normalisation(epsilon: number): Attribute[] {
  return [
    FLOAT32,
    typeAttribute('U', DATA_TYPES.float32),
    floatAttribute('epsilon', epsilon),
    boolAttribute('is_training', true),
  ]
}

/** float32 in [0, 1) of the attribute's shape, a function of the seed [2] alone. */
export const statelessRandomUniform: NativeKernel<{ seed: tf.Tensor }, { shape: number[] }> = {
  name: RANDOM_UNIFORM,
  compute({ seed }, { shape }, { backend }) {
    const attributes = [
      typeAttribute('dtype', DATA_TYPES.float32),
      typeAttribute('T', DATA_TYPES.int32),
      typeAttribute('Tseed', DATA_TYPES.int32),
    ]
    const inputs = [tf.tensor1d(shape, 'int32'), seed]
    return backend.executeSingleOutput(RANDOM_UNIFORM, attributes, inputs)
  },
}

/** One pass over memory; tfjs-node takes a minimum and then a maximum. */
export const clipByValue: NativeKernel<{ x: tf.Tensor }, tf.ClipByValueAttrs> = {
  name: tf.ClipByValue,
  compute({ x }, { clipValueMin, clipValueMax }, { backend }) {
    if (x.dtype !== 'float32') return undefined
    const inputs = [x, tf.scalar(clipValueMin), tf.scalar(clipValueMax)]
    return backend.executeSingleOutput('ClipByValue', [FLOAT32], inputs)
  },
}

export const clipByTensor: NativeKernel<{ x: tf.Tensor; limit: tf.Tensor }, unknown> = {
  name: CLIP_BY_TENSOR,
  compute: ({ x, limit }, _, { backend }) =>
    backend.executeSingleOutput('ClipByValue', [FLOAT32], [x, tf.neg(limit), limit]),
}

/** A sum over all axes except the last, as for a bias's gradient, has a separate op that is several times as fast. */
export const sum: NativeKernel<{ x: tf.Tensor }, { axis: number | number[]; keepDims: boolean }> = {
  name: tf.Sum,
  compute({ x }, { axis, keepDims }, { backend }) {
    const axes = tf.util.parseAxisParam(axis, x.shape)
    if (x.dtype !== 'float32' || keepDims || axes.length === 0 || axes.length !== x.rank - 1) return undefined
    if (axes.includes(x.rank - 1)) return undefined
    return backend.executeSingleOutput('BiasAddGrad', [FLOAT32], [x])
  },
}

/** tfjs-node reads the indices to check them, which is impossible in a graph; TensorFlow checks them itself. */
export const gather: NativeKernel<{ x: tf.Tensor; indices: tf.Tensor }, tf.GatherV2Attrs> = {
  name: tf.GatherV2,
  compute({ x, indices }, { axis, batchDims }, { backend }) {
    if (x.dtype !== 'float32' || indices.dtype !== 'int32' || axis !== 0 || batchDims !== 0) return undefined
    const attributes = [
      intAttribute('batch_dims', 0),
      typeAttribute('Tparams', DATA_TYPES.float32),
      typeAttribute('Tindices', DATA_TYPES.int32),
      typeAttribute('Taxis', DATA_TYPES.int32),
    ]
    return backend.executeSingleOutput('GatherV2', attributes, [x, indices, tf.scalar(0, 'int32')])
  },
}
