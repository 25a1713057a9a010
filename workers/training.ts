import * as tf from '@tensorflow/tfjs-core'
import { uploadBatch } from './data/batch-tensors.ts'
import { type Batch, blankBatch } from './data/batches.ts'
import { inScope } from './engine/in-scope.ts'
import { openProgram } from './engine/program.ts'
import { type Clock, type Scalars, toScalars } from './optimizers/transform.ts'
import { evaluationRoutine, type Ingredients, type Outcome, stepRoutine } from './train-step.ts'
import { toTensors, toWeight, type Weight } from './weights.ts'

/** A model in training: its variables are on the device until `end`, and change with each step. */
export interface Training {
  /** After the last step. */
  readonly clock: Clock
  step(batch: Batch): Outcome
  evaluate(batch: Batch): Outcome
  /** A copy, in model order. */
  readWeights(): Weight[]
  end(): void
}

/** The numbers of examples that batches will have: usually the batch size, and what is left for the last one. */
export interface BatchSizes {
  training: readonly number[]
  validation: readonly number[]
}

/** @param weights what the model starts from, in model order */
export function beginTraining(
  ingredients: Ingredients,
  weights: readonly Weight[],
  inputShape: readonly number[],
  sizes: BatchSizes,
): Training {
  const { transform } = ingredients
  let { clock } = transform
  const evaluation = (batch: Batch) => ({ routine: 'evaluate', inputs: uploadBatch(batch, inputShape) })
  const step = (batch: Batch, scalars: Scalars) => ({
    routine: 'step',
    inputs: { ...uploadBatch(batch, inputShape), ...toScalars(scalars) },
  })
  const program = inScope(() => {
    const params = toTensors(weights)
    const { scalars } = transform.tick(clock)
    return openProgram(
      { params, ...transform.init(params) },
      { step: stepRoutine(ingredients), evaluate: evaluationRoutine(ingredients) },
      [
        ...sizes.training.map(size => step(blankBatch(size, inputShape), scalars)),
        ...sizes.validation.map(size => evaluation(blankBatch(size, inputShape))),
      ],
    )
  })
  return {
    get clock() {
      return clock
    },
    step(batch) {
      const next = transform.tick(clock)
      const outcome = tf.tidy(() => program.run(step(batch, next.scalars)))
      clock = next.clock
      return outcome as Outcome
    },
    evaluate: batch => tf.tidy(() => program.run(evaluation(batch))) as Outcome,
    readWeights() {
      const values = program.read('params')
      return weights.map(weight => toWeight(weight, values.get(weight.name)!))
    },
    end: program.dispose,
  }
}
