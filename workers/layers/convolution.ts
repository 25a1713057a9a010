import * as tf from '@tensorflow/tfjs-core'
import { sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import { type Operands, sparseInputGradient, sparseProduct } from '#workers/engine/ops/sparse-products.ts'
import { activate, behindBias, rectified } from './activation.ts'
import type { Layer } from './layer.ts'

/**
 * y = activation(x * kernel + bias), for x [batch, height, width, in], kernel [height, width, in, filters] and bias [filters].
 * @param options word: the last part of the kernel's name; skipsZeros: whether the products with the kernel leave out its zeros, for
 * which the strides must be 1
 */
export function convolution(
  { name, strides = 1, padding, activation, biasInitializer }: LayerOf<'conv2d'>,
  { word = 'kernel', skipsZeros = false }: { word?: string; skipsZeros?: boolean } = {},
): Layer {
  const window = {
    strides: [...sidesOf(strides)] as [number, number],
    pad: padding,
    dataFormat: 'NHWC',
  } as const
  const { forward, inputGradient } = skipsZeros ? sparseProducts(padding) : denseProducts(window)
  return ({ variables, inputs: [x], pieces }) => {
    const filter = variables[`${name}/${word}`]!
    const operands = { x: x!, filter, bias: variables[`${name}/bias`] }
    const activated =
      activation === 'relu' && !pieces
        ? rectified(forward(operands, true))
        : activate(activation, forward(operands, false), pieces)
    return {
      y: activated.y,
      pullback(dy) {
        const { dz, dbias } = behindBias(activated, dy, biasInitializer !== undefined)
        const kernelGradient = tf
          .engine()
          .runKernel<tf.Tensor>(
            tf.Conv2DBackpropFilter,
            { x: x!, dy: dz },
            { ...window, filterShape: filter.shape },
          )
        return {
          gradients: {
            [`${name}/${word}`]: kernelGradient,
            ...(dbias && { [`${name}/bias`]: dbias }),
          },
          dx: () => inputGradient(operands, dz),
        }
      },
    }
  }
}

/** The products of a convolution with its kernel. */
interface Products {
  /** x * filter + bias, rectified or not. */
  forward(operands: Operands, rectify: boolean): tf.Tensor
  /** The gradient at x, given the gradient at the sums. */
  inputGradient(operands: Operands, dz: tf.Tensor): tf.Tensor
}

type Window = { strides: [number, number]; pad: 'same' | 'valid'; dataFormat: 'NHWC' }

function denseProducts(window: Window): Products {
  return {
    forward({ x, filter, bias }, rectify) {
      const linear = { x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, ...(bias && { bias }), ...window }
      return tf.fused.conv2d({ ...linear, ...(rectify && { activation: 'relu' }) })
    },
    inputGradient: ({ x, filter }, dy) =>
      tf.engine().runKernel(tf.Conv2DBackpropInput, { dy, filter }, { ...window, inputShape: x.shape }),
  }
}

function sparseProducts(padding: Window['pad']): Products {
  return {
    forward: (operands, rectify) => sparseProduct(operands, { padding, rectify }),
    inputGradient: (operands, dz) => sparseInputGradient(operands, dz, padding),
  }
}
