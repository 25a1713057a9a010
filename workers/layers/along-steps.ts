import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import { convolution } from './convolution.ts'
import type { Layer } from './layer.ts'

/** A layer over images applied to sequences [batch, steps, channels], as images of one row. */
export function alongSteps(layer: Layer): Layer {
  return call => {
    const x = call.inputs[0]!
    const { y, pullback } = layer({ ...call, inputs: [asRow(x)] })
    const isRow = y.rank === 4
    return {
      y: isRow ? tf.squeeze(y, [1]) : y,
      pullback(dy) {
        const { gradients, dx } = pullback(isRow ? asRow(dy) : dy)
        return { gradients, dx: input => tf.squeeze(dx(input), [1]) }
      },
    }
  }
}

/** y = activation(x * kernel + bias), for x [batch, steps, in], kernel [size, in, filters] and bias [filters]. */
export function convolutionAlongSteps(spec: LayerOf<'conv1d'>): Layer {
  const { kernelSize, strides = 1 } = spec
  const ofRows = convolution({ ...spec, type: 'conv2d', kernelSize: [1, kernelSize], strides: [1, strides] })
  const name = `${spec.name}/kernel`
  return alongSteps(call => {
    const kernel = tf.reshape(call.variables[name]!, [1, ...call.variables[name]!.shape])
    const { y, pullback } = ofRows({ ...call, variables: { ...call.variables, [name]: kernel } })
    return {
      y,
      pullback(dy) {
        const { gradients, dx } = pullback(dy)
        return { gradients: { ...gradients, [name]: tf.squeeze(gradients[name]!, [0]) }, dx }
      },
    }
  })
}

function asRow(x: tf.Tensor): tf.Tensor {
  const [batch, ...rest] = x.shape as [number, ...number[]]
  return tf.reshape(x, [batch, 1, ...rest])
}
