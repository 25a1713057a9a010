import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import type { Layer } from './layer.ts'

/** For each token of x [batch, time], whole numbers below inputDim as floats, its row of the embeddings [inputDim, outputDim]. */
export function embedding({ name, inputDim, outputDim }: LayerOf<'embedding'>): Layer {
  const variable = `${name}/embeddings`
  return ({ variables, inputs }) => {
    const [batch, time] = inputs[0]!.shape as [number, number]
    const tokens = tf.cast(tf.reshape(inputs[0]!, [-1]), 'int32') as tf.Tensor1D
    return {
      y: tf.reshape(tf.gather(variables[variable]!, tokens), [batch, time, outputDim]),
      pullback: dy => ({
        gradients: {
          [variable]: tf.unsortedSegmentSum(tf.reshape(dy, [-1, outputDim]), tokens, inputDim),
        },
        dx: refuse,
      }),
    }
  }
}

function refuse(): never {
  throw new Error('Tokens have no gradient.')
}
