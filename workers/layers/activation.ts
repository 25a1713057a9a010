import * as tf from '@tensorflow/tfjs-core'
import type { Activation } from '#network/activation.ts'
import type { LayerOf } from '#network/topology.ts'
import { RELU_GRADIENT, SIGMOID_GRADIENT, TANH_GRADIENT } from '#workers/engine/ops/kernel-names.ts'
import { hasRectifiedGradient, rectifiedGradient } from '#workers/engine/ops/rectified-gradient.ts'
import type { Layer } from './layer.ts'
import type { LinearPieces } from './linear-pieces.ts'

interface Differentiable {
  apply(z: tf.Tensor): tf.Tensor
  /** The gradient at the input z, given the gradient at the output y. */
  gradient(dy: tf.Tensor, y: tf.Tensor, z: tf.Tensor): tf.Tensor
  isPiecewiseLinear?: true
}

/** The output of an activation, with the pullback to its input. */
export interface Activated {
  y: tf.Tensor
  gradient(dy: tf.Tensor): tf.Tensor
  /** Whether y = relu(z). */
  isRectified?: true
}

/** An activation as a layer. */
export function activationLayer({ activation }: LayerOf<'activation'>): Layer {
  return asLayer(FUNCTIONS[activation])
}

export function leakyRelu({ slope }: LayerOf<'leakyRelu'>): Layer {
  return asLayer(leaky(slope))
}

function asLayer(differentiable: Differentiable): Layer {
  return ({ inputs, pieces }) => {
    const { y, gradient } = run(differentiable, inputs[0]!, pieces)
    return { y, pullback: dy => ({ gradients: {}, dx: () => gradient(dy) }) }
  }
}

export function activate(activation: Activation, z: tf.Tensor, pieces?: LinearPieces): Activated {
  return activation === 'relu' && !pieces ? rectified(tf.relu(z)) : run(FUNCTIONS[activation], z, pieces)
}

/** The activation of an output that a fused kernel has already rectified. */
export function rectified(y: tf.Tensor): Activated {
  return { y, gradient: dy => tf.engine().runKernel(RELU_GRADIENT, { dy, y }), isRectified: true }
}

/** The gradients behind y = activation(z), z = ... + bias: at z [..., channels], and at the bias [channels] if there is one. */
export function behindBias(
  { y, gradient, isRectified }: Activated,
  dy: tf.Tensor,
  hasBias: boolean,
): { dz: tf.Tensor; dbias?: tf.Tensor } {
  if (isRectified && hasBias && hasRectifiedGradient()) return rectifiedGradient(dy, y)
  const dz = gradient(dy)
  return hasBias ? { dz, dbias: tf.sum(dz, [...Array(dz.rank - 1).keys()]) } : { dz }
}

/** The gradient at tanh's input, given the gradient at its output y. */
export function tanhGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel(TANH_GRADIENT, { dy, y })
}

export function sigmoidGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel(SIGMOID_GRADIENT, { dy, y })
}

function run(differentiable: Differentiable, z: tf.Tensor, pieces?: LinearPieces): Activated {
  const { apply, gradient, isPiecewiseLinear } = differentiable
  if (pieces && isPiecewiseLinear) return onPiece(differentiable, z, pieces)
  const y = apply(z)
  return { y, gradient: dy => gradient(dy, y, z) }
}

function onPiece({ apply, gradient }: Differentiable, z: tf.Tensor, pieces: LinearPieces): Activated {
  const [slope, offset] = pieces.take(() => {
    const y = apply(z)
    const ofOnes = gradient(tf.onesLike(z), y, z)
    return [ofOnes, tf.sub(y, tf.mul(ofOnes, z))]
  })
  return { y: tf.add(tf.mul(slope!, z), offset!), gradient: dy => tf.mul(dy, slope!) }
}

/** 1 where the condition holds, 0 elsewhere. */
const indicator = (condition: tf.Tensor) => tf.cast(condition, 'float32')

const leaky = (slope: number): Differentiable => ({
  apply: z => tf.leakyRelu(z, slope),
  gradient: (dy, _, z) => tf.where(tf.greater(z, 0), dy, tf.mul(dy, slope)),
  isPiecewiseLinear: true,
})

/** Klambauer, Unterthiner, Mayr and Hochreiter 2017, eq. 14. */
const SELU_ALPHA = 1.6732632423543772
const SELU_SCALE = 1.0507009873554805

const normalDensity = (z: tf.Tensor) => tf.mul(1 / Math.sqrt(2 * Math.PI), tf.exp(tf.mul(-0.5, tf.square(z))))
const normalProbability = (z: tf.Tensor) => tf.mul(0.5, tf.add(1, tf.erf(tf.mul(z, Math.SQRT1_2))))

/** Gradients use the output y if possible, because fused kernels do not return the input; otherwise they use the input z. */
const FUNCTIONS: Readonly<Record<Activation, Differentiable>> = {
  linear: { apply: z => z, gradient: dy => dy },
  relu: { apply: tf.relu, gradient: (dy, y) => rectified(y).gradient(dy), isPiecewiseLinear: true },
  relu6: {
    apply: tf.relu6,
    gradient: (dy, _, z) => tf.mul(dy, indicator(tf.logicalAnd(tf.greater(z, 0), tf.less(z, 6)))),
    isPiecewiseLinear: true,
  },
  leakyRelu: leaky(0.2),
  elu: {
    apply: tf.elu,
    gradient: (dy, y) => tf.where(tf.greater(y, 0), dy, tf.mul(dy, tf.add(y, 1))),
  },
  selu: {
    apply: tf.selu,
    gradient(dy, y) {
      const below = tf.add(y, SELU_SCALE * SELU_ALPHA)
      return tf.mul(dy, tf.where(tf.greater(y, 0), tf.fill(y.shape, SELU_SCALE), below))
    },
  },
  softplus: { apply: tf.softplus, gradient: (dy, _, z) => tf.mul(dy, tf.sigmoid(z)) },
  softsign: {
    apply: z => tf.div(z, tf.add(1, tf.abs(z))),
    gradient: (dy, y) => tf.mul(dy, tf.square(tf.sub(1, tf.abs(y)))),
  },
  tanh: { apply: tf.tanh, gradient: tanhGradient },
  sigmoid: { apply: tf.sigmoid, gradient: sigmoidGradient },
  hardSigmoid: {
    apply: z => tf.div(tf.relu6(tf.add(z, 3)), 6),
    gradient: (dy, y) => tf.mul(dy, tf.div(indicator(tf.logicalAnd(tf.greater(y, 0), tf.less(y, 1))), 6)),
    isPiecewiseLinear: true,
  },
  keras2HardSigmoid: {
    apply: z => tf.clipByValue(tf.add(tf.mul(z, 0.2), 0.5), 0, 1),
    gradient: (dy, y) => tf.mul(dy, tf.mul(indicator(tf.logicalAnd(tf.greater(y, 0), tf.less(y, 1))), 0.2)),
    isPiecewiseLinear: true,
  },
  gelu: {
    apply: z => tf.mul(z, normalProbability(z)),
    gradient: (dy, _, z) => tf.mul(dy, tf.add(normalProbability(z), tf.mul(z, normalDensity(z)))),
  },
  silu: {
    apply: z => tf.mul(z, tf.sigmoid(z)),
    gradient(dy, y, z) {
      const gate = tf.sigmoid(z)
      return tf.mul(dy, tf.add(gate, tf.mul(y, tf.sub(1, gate))))
    },
  },
  hardSilu: {
    apply: z => tf.mul(z, tf.div(tf.relu6(tf.add(z, 3)), 6)),
    gradient(dy, _, z) {
      const slope = tf.div(tf.add(tf.mul(z, 2), 3), 6)
      const bent = tf.logicalAnd(tf.greater(z, -3), tf.less(z, 3))
      return tf.mul(dy, tf.where(bent, slope, indicator(tf.greaterEqual(z, 3))))
    },
  },
  softmax: {
    apply: z => tf.softmax(z),
    gradient: (dy, y) => tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true))),
  },
}
