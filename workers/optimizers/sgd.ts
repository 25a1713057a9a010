import * as tf from '@tensorflow/tfjs-core'
import type { SgdSpec } from '#optimization/optimizer-spec.ts'
import { chain, optimizerOf, scaleByLearningRate } from './gradient-transform.ts'
import { accumulateMomentum } from './momentum.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'

/** Stochastic gradient descent: w <- w - lr g. */
export function sgd(learningRate: LearningRate): Optimizer {
  return optimizerOf(scaleByLearningRate(learningRate))
}

/** SGD with momentum as in Keras: its slot `momentum` accumulates what is added to the weights, m <- momentum m - lr g. */
export function momentumSgd(
  options: Pick<SgdSpec, 'momentum' | 'nesterov'>,
  learningRate: LearningRate,
): Optimizer {
  return optimizerOf(chain(scaleByLearningRate(learningRate), accumulateMomentum(options, tf.sub)), tf.add)
}
