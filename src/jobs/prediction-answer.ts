import { z } from 'zod'
import { factsOf } from '#domain/dataset.ts'
import { activationOf } from '#domain/loss.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'

const NON_FINITE = ['NaN', 'Infinity', '-Infinity'] as const
/** JSON has no non-finite numbers. */
const Output = z.union([z.number(), z.enum(NON_FINITE)])
type Output = z.infer<typeof Output>

const ClassPrediction = z.object({
  class: z.int().nullable().describe('Index of the class, from 0; null if an output is not finite.'),
  label: z.string().nullable().describe('Name of the class.'),
  probability: z.number().nullable().optional().describe('Absent if the loss implies no probabilities.'),
})
type ClassPrediction = z.infer<typeof ClassPrediction>

export const PredictionAnswer = z
  .object({
    outputs: z
      .array(z.array(Output))
      .describe('One row per example. A non-finite number is the string NaN, Infinity or -Infinity.'),
    outputNames: z.array(z.string()).describe('The meaning of each number of a row: a class or a target.'),
    predictions: z
      .array(ClassPrediction)
      .optional()
      .describe('The predicted class of each example; absent if the dataset has no classes.'),
  })
  .meta({ id: 'Prediction' })
export type PredictionAnswer = z.infer<typeof PredictionAnswer>

type Spec = Pick<TrainingSpec, 'dataset' | 'loss'>

/** Names the outputs of a model. @param outputs [count, outputs per example], row-major */
export function predictionAnswer(spec: Spec, outputs: Float32Array, count: number): PredictionAnswer {
  const width = outputs.length / count
  const rows = Array.from({ length: count }, (_, row) => outputs.subarray(row * width, (row + 1) * width))
  const classes = factsOf(spec.dataset)?.classes ?? []
  return {
    outputs: rows.map(row => Array.from(row, asJson)),
    outputNames: outputNames(spec, width),
    ...(classes.length > 0 && { predictions: rows.map(row => predictionOf(spec, row, classes)) }),
  }
}

function asJson(value: number): Output {
  return Number.isFinite(value) ? value : (String(value) as (typeof NON_FINITE)[number])
}

function outputNames({ dataset, loss }: Spec, width: number): string[] {
  const { classes = [], labelColumns = [] } = factsOf(dataset) ?? {}
  if (classes.length === width) return [...classes]
  // A single output for classes is the probability of the second class, or for a regression loss the index of the class.
  if (classes.length > 0 && width === 1) return [activationOf(loss) === 'sigmoid' ? classes[1]! : 'class']
  if (labelColumns.length === width) return [...labelColumns]
  return Array.from({ length: width }, (_, index) => `target_${index}`)
}

function predictionOf({ loss }: Spec, row: Float32Array, classes: readonly string[]): ClassPrediction {
  const isProbability = activationOf(loss) !== 'linear'
  if (!row.every(Number.isFinite))
    return { class: null, label: null, ...(isProbability && { probability: null }) }
  const { index, probability } =
    row.length > 1 ? likeliest(row) : single(row[0]!, isProbability, classes.length)
  return { class: index, label: classes[index]!, ...(isProbability && { probability }) }
}

function likeliest(row: Float32Array) {
  const index = row.indexOf(Math.max(...row))
  return { index, probability: row[index]! }
}

/** A probability of exactly one half counts as class 0, as in the accuracy and in Keras's BinaryAccuracy. */
function single(output: number, isProbability: boolean, classes: number) {
  if (isProbability)
    return output > 0.5 ? { index: 1, probability: output } : { index: 0, probability: 1 - output }
  return { index: Math.min(Math.max(Math.round(output), 0), classes - 1), probability: output }
}
