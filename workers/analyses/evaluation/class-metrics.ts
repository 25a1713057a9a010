import type { ClassMetrics } from '#analyses/evaluation-result.ts'

/** Classes of examples, and the classes that a model assigns to them with the probabilities of those. */
export interface ClassPredictions {
  labels: ArrayLike<number>
  predicted: ArrayLike<number>
  probability: ArrayLike<number>
}

/** Counts [classes][classes]: rows are classes, columns predicted classes. */
export function confusionMatrix(
  { labels, predicted }: Pick<ClassPredictions, 'labels' | 'predicted'>,
  classes: number,
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let i = 0; i < labels.length; i++) matrix[labels[i]!]![predicted[i]!]!++
  return matrix
}

/** Precision tp / (tp + fp), recall tp / (tp + fn) and F1, their harmonic mean, of each class of a confusion matrix. */
export function classMetrics(confusion: readonly (readonly number[])[]): ClassMetrics[] {
  return confusion.map((row, label) => {
    const support = row.reduce((sum, count) => sum + count, 0)
    const predicted = confusion.reduce((sum, other) => sum + other[label]!, 0)
    return metricsOf(row[label]!, support, predicted)
  })
}

/** @param correct examples of the class that are assigned to it */
export function metricsOf(correct: number, support: number, predicted: number): ClassMetrics {
  return {
    support,
    predicted,
    precision: ratio(correct, predicted),
    recall: ratio(correct, support),
    f1: ratio(2 * correct, support + predicted),
  }
}

export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
