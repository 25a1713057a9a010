import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import type { Layer } from './layer.ts'

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta by the last axis (Ioffe and Szegedy 2015, algorithm 1): in training over the
 * batch, moving the running statistics along, whose variance takes the batch's unbiased one; in evaluation with
 * the running statistics.
 */
export function batchNormalization({ name, momentum, epsilon }: LayerOf<'batchNormalization'>): Layer {
  const of = (variables: tf.NamedTensorMap, what: string) => variables[`${name}/${what}`] as tf.Tensor1D
  return ({ variables, inputs, pass }) => {
    const { shape } = inputs[0]!
    const x = asImages(inputs[0]!)
    const [gamma, beta] = [of(variables, 'gamma'), of(variables, 'beta')]
    const [mean, variance] = [of(variables, 'movingMean'), of(variables, 'movingVariance')]
    if (!pass)
      return { y: inShape(tf.batchNorm(x, mean, variance, beta, gamma, epsilon), shape), pullback: refuse }
    const [y, movedMean, movedVariance, ...saved] = tf
      .engine()
      .runKernel<[tf.Tensor4D, ...tf.Tensor[]]>(
        'BatchNormalizationTraining',
        { x, gamma, beta, mean, variance },
        { momentum, epsilon },
      )
    return {
      y: inShape(y!, shape),
      statistics: { [`${name}/movingMean`]: movedMean!, [`${name}/movingVariance`]: movedVariance! },
      pullback(dy) {
        const [dx, gammaGradient, betaGradient] = tf.engine().runKernel<[tf.Tensor4D, ...tf.Tensor[]]>(
          'BatchNormalizationGrad',
          {
            dy: asImages(dy),
            x,
            gamma,
            ...Object.fromEntries(saved.map((tensor, index) => [`saved${index}`, tensor])),
          },
          { epsilon },
        )
        return {
          gradients: { [`${name}/gamma`]: gammaGradient!, [`${name}/beta`]: betaGradient! },
          dx: () => inShape(dx!, shape),
        }
      },
    }
  }
}

/** Vectors and sequences as images of one pixel and of one column, which is what the engines normalise. */
function asImages(x: tf.Tensor): tf.Tensor4D {
  const [batch, ...rest] = x.shape as [number, ...number[]]
  const [height, width] = [...rest.slice(0, -1), 1, 1]
  return x.rank === 4 ? (x as tf.Tensor4D) : tf.reshape(x, [batch, height!, width!, rest.at(-1)!])
}

function inShape(x: tf.Tensor4D, shape: number[]): tf.Tensor {
  return shape.length === 4 ? x : tf.reshape(x, shape)
}

function refuse(): never {
  throw new Error('A batch normalisation has a gradient in training alone.')
}
