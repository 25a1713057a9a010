import { factsOf } from '#domain/dataset.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'

/** The number of training examples without those that `validation.fraction` holds out, of their batches, and of validation examples. */
export function epochLength({ dataset, validation, batchSize }: TrainingSpec) {
  const { train, test } = factsOf(dataset)!.splits
  const heldOut = 'fraction' in validation ? Math.round(train * validation.fraction) : 0
  const trainingExamples = train - heldOut
  return {
    trainingExamples,
    stepsPerEpoch: Math.ceil(trainingExamples / batchSize),
    validationExamples: heldOut || test,
  }
}
