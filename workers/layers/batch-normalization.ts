import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import { NORMALISE, NORMALISE_GRADIENT } from '#workers/engine/ops/kernel-names.ts'
import type { Forward, Layer, LayerCall } from './layer.ts'

type Spec = LayerOf<'batchNormalization'>

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta by the last axis (Ioffe and Szegedy 2015, algorithm 1): in training with the
 * statistics of the batch, which also update the running statistics (the variance with the batch's unbiased one); in evaluation with the
 * running statistics, which are constants of its derivative.
 */
export function batchNormalization(spec: Spec): Layer {
  return call => {
    if (call.pass) return normaliseBatch(spec, call)
    const [x] = call.inputs as [tf.Tensor]
    const { gamma, beta, mean, variance } = tensorsOf(spec, call)
    const y = tf.batchNorm(asImages(x), mean, variance, beta, gamma, spec.epsilon)
    return {
      y: inShape(y, x.shape),
      pullback(dy) {
        const scale = tf.rsqrt(tf.add(variance, spec.epsilon))
        const others = dy.shape.map((_, axis) => axis).slice(0, -1)
        const normalised = tf.mul(tf.sub(x, mean), scale)
        const gradients = [tf.sum(tf.mul(dy, normalised), others), tf.sum(dy, others)]
        return { gradients: gradientsOf(spec, gradients), dx: () => tf.mul(dy, tf.mul(gamma, scale)) }
      },
    }
  }
}

/** In training. @param rectify applies ReLU as well, if the engine's kernel can */
export function normaliseBatch(spec: Spec, call: LayerCall, rectify = false): Forward {
  const { momentum, epsilon } = spec
  const { shape } = call.inputs[0]!
  const x = asImages(call.inputs[0]!)
  const variables = tensorsOf(spec, call)
  const [y, movedMean, movedVariance, ...saved] = tf
    .engine()
    .runKernel<[tf.Tensor4D, ...tf.Tensor[]]>(NORMALISE, { x, ...variables }, { momentum, epsilon, rectify })
  return {
    y: inShape(y!, shape),
    statistics: movedStatistics(spec, movedMean!, movedVariance!),
    pullback(dy) {
      const { gamma, beta } = variables
      const [dx, ...gradients] = tf
        .engine()
        .runKernel<[tf.Tensor4D, ...tf.Tensor[]]>(
          NORMALISE_GRADIENT,
          { dy: asImages(dy), x, gamma, beta, ...numbered(saved) },
          { epsilon, rectify },
        )
      return { gradients: gradientsOf(spec, gradients), dx: () => inShape(dx!, shape) }
    },
  }
}

/** The layer's parameters and statistics; ones and zeros in place of an absent gamma and beta. */
export function tensorsOf({ name, scale, center }: Spec, { variables }: Pick<LayerCall, 'variables'>) {
  const of = (what: string) => variables[`${name}/${what}`] as tf.Tensor1D
  const mean = of('movingMean')
  return {
    gamma: scale === false ? tf.ones<tf.Rank.R1>(mean.shape) : of('gamma'),
    beta: center === false ? tf.zeros<tf.Rank.R1>(mean.shape) : of('beta'),
    mean,
    variance: of('movingVariance'),
  }
}

/** By name. */
export function movedStatistics({ name }: Spec, mean: tf.Tensor, variance: tf.Tensor): tf.NamedTensorMap {
  return { [`${name}/movingMean`]: mean, [`${name}/movingVariance`]: variance }
}

/** By name of the variable. */
export function gradientsOf(
  { name, scale, center }: Spec,
  [gamma, beta]: readonly tf.Tensor[],
): tf.NamedTensorMap {
  return {
    ...(scale !== false && { [`${name}/gamma`]: gamma! }),
    ...(center !== false && { [`${name}/beta`]: beta! }),
  }
}

/** The tensors that a kernel saves for its gradient; their number differs between engines. */
export function numbered(saved: readonly tf.Tensor[]): tf.NamedTensorMap {
  return Object.fromEntries(saved.map((tensor, index) => [`saved${index}`, tensor]))
}

/** Vectors as images of one pixel and sequences as images of one column, because the engines normalize images. */
function asImages(x: tf.Tensor): tf.Tensor4D {
  const [batch, ...rest] = x.shape as [number, ...number[]]
  const [height, width] = [...rest.slice(0, -1), 1, 1]
  return x.rank === 4 ? (x as tf.Tensor4D) : tf.reshape(x, [batch, height!, width!, rest.at(-1)!])
}

function inShape(x: tf.Tensor4D, shape: number[]): tf.Tensor {
  return shape.length === 4 ? x : tf.reshape(x, shape)
}
