import type { EvaluationResult, Flip } from '#analyses/evaluation-result.ts'
import { toCsv } from '#workers/analyses/csv.ts'
import { confusionMatrix } from './class-metrics.ts'
import type { Predictions } from './measure-model.ts'

/** The files of an evaluation. @param predictions of the first model @param flips absent unless two models of classes are compared */
export function evaluationFiles(
  result: EvaluationResult,
  predictions: Predictions,
  flips: readonly Flip[] | undefined,
): Record<string, string> {
  const nameOf = (label: number) => result.classes?.[label] ?? String(label)
  const confusion =
    predictions.form === 'class' ? confusionMatrix(predictions.values, predictions.classes) : undefined
  return {
    'evaluation.json': `${JSON.stringify(result)}\n`,
    'per-class.csv': perClassCsv(result, nameOf),
    ...(confusion && { 'confusion.csv': confusionCsv(confusion, nameOf) }),
    ...(flips && { 'flipped.csv': flippedCsv(flips, nameOf) }),
  }
}

function perClassCsv({ models, comparison }: EvaluationResult, nameOf: (label: number) => string): string {
  const { perClass, perTarget } = models[0]!
  if (perTarget)
    return toCsv(
      ['target', 'meanAbsoluteError', 'rootMeanSquaredError', 'r2'],
      perTarget.map((target, index) => [
        target.name ?? index,
        target.meanAbsoluteError,
        target.rootMeanSquaredError,
        target.r2,
      ]),
    )
  const header = ['class', 'support', 'predicted', 'precision', 'recall', 'f1']
  const rows = perClass!.map(({ support, predicted, precision, recall, f1 }, label) => {
    const change = comparison?.perClass?.[label]?.recallChange
    return [nameOf(label), support, predicted, precision, recall, f1, ...(comparison ? [change] : [])]
  })
  return toCsv(comparison ? [...header, 'recallChange'] : header, rows)
}

function confusionCsv(matrix: readonly (readonly number[])[], nameOf: (label: number) => string): string {
  const names = matrix.map((_, label) => nameOf(label))
  return toCsv(
    ['class', ...names],
    matrix.map((row, label) => [names[label], ...row]),
  )
}

function flippedCsv(flips: readonly Flip[], nameOf: (label: number) => string): string {
  return toCsv(
    ['index', 'class', 'predicted', 'probability', 'predictedBySecond', 'probabilityBySecond', 'change'],
    flips.map(({ index, label, predicted: [one, other], probability: [p, q], change }) => [
      index,
      nameOf(label),
      nameOf(one),
      p,
      nameOf(other),
      q,
      change,
    ]),
  )
}
