import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import type { Layer } from './layer.ts'

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta by channel (Ioffe and Szegedy 2015, algorithm 1): in training over the
 * batch, moving the running statistics along, whose variance takes the batch's unbiased one; in evaluation with
 * the running statistics.
 */
export function batchNormalization({ name, momentum, epsilon }: LayerOf<'batchNormalization'>): Layer {
  const of = (variables: tf.NamedTensorMap, what: string) => variables[`${name}/${what}`] as tf.Tensor1D
  return ({ variables, inputs, pass }) => {
    const x = inputs[0] as tf.Tensor4D
    const [gamma, beta] = [of(variables, 'gamma'), of(variables, 'beta')]
    const [mean, variance] = [of(variables, 'movingMean'), of(variables, 'movingVariance')]
    if (!pass) return { y: tf.batchNorm(x, mean, variance, beta, gamma, epsilon), pullback: refuse }
    const [y, movedMean, movedVariance, ...saved] = tf
      .engine()
      .runKernel<tf.Tensor[]>(
        'BatchNormalizationTraining',
        { x, gamma, beta, mean, variance },
        { momentum, epsilon },
      )
    return {
      y: y!,
      statistics: { [`${name}/movingMean`]: movedMean!, [`${name}/movingVariance`]: movedVariance! },
      pullback(dy) {
        const [dx, gammaGradient, betaGradient] = tf
          .engine()
          .runKernel<tf.Tensor[]>(
            'BatchNormalizationGrad',
            { dy, x, gamma, ...Object.fromEntries(saved.map((tensor, index) => [`saved${index}`, tensor])) },
            { epsilon },
          )
        return {
          gradients: { [`${name}/gamma`]: gammaGradient!, [`${name}/beta`]: betaGradient! },
          dx: () => dx!,
        }
      },
    }
  }
}

function refuse(): never {
  throw new Error('A batch normalisation has a gradient in training alone.')
}
