import * as tf from '@tensorflow/tfjs-core'
import type { PerChannel } from '#network/layers/options.ts'
import type { PREPROCESSING_LAYERS } from '#network/layers/preprocessing.ts'
import { deviationOf, SMALLEST_DEVIATION } from '#network/normalization.ts'
import type { LayerOf } from '#network/topology.ts'
import type { Layer } from '#workers/layers/layer.ts'
import type { LayerBuilders } from './layer-builder.ts'

export const PREPROCESSING_BUILDERS: LayerBuilders<keyof typeof PREPROCESSING_LAYERS> = {
  rescaling: ({ layer }) => rescaling(layer),
  normalization: ({ layer }) => normalization(layer),
}

/** y = scale x + offset, by the last axis if there are several numbers. */
function rescaling({ scale, offset }: LayerOf<'rescaling'>): Layer {
  return ({ inputs }) => ({
    y: tf.add(tf.mul(inputs[0]!, tensorOf(scale)), tensorOf(offset)),
    pullback: dy => ({ gradients: {}, dx: () => tf.mul(dy, tensorOf(scale)) }),
  })
}

/** y = (x - mean) / max(sqrt(variance), 1e-7) by the last axis. The subtraction comes first, because values may be far from zero. */
function normalization({ name, mean, variance }: LayerOf<'normalization'>): Layer {
  return ({ variables, inputs }) => {
    const centre = mean === undefined ? variables[`${name}/mean`]! : tensorOf(mean)
    const deviation =
      variance === undefined
        ? tf.maximum(tf.sqrt(variables[`${name}/variance`]!), SMALLEST_DEVIATION)
        : tensorOf(deviationOf(variance))
    return {
      y: tf.div(tf.sub(inputs[0]!, centre), deviation),
      pullback: dy => ({ gradients: {}, dx: () => tf.div(dy, deviation) }),
    }
  }
}

function tensorOf(values: PerChannel): tf.Tensor {
  return typeof values === 'number' ? tf.scalar(values) : tf.tensor1d([...values])
}
