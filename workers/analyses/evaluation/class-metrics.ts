import type { ClassMetrics } from '#analyses/evaluation-result.ts'

/** Classes of examples, and the classes that a model assigns to them with the probabilities of those. */
export interface ClassPredictions {
  labels: ArrayLike<number>
  predicted: ArrayLike<number>
  probability: ArrayLike<number>
}

/** Of one class: its examples, the examples that are assigned to it, and those that are both. */
export interface ClassCounts {
  support: number
  predicted: number
  correct: number
}

/** The counts of each class. */
export function countClasses(
  { labels, predicted }: Pick<ClassPredictions, 'labels' | 'predicted'>,
  classes: number,
): ClassCounts[] {
  const counts = Array.from({ length: classes }, () => ({ support: 0, predicted: 0, correct: 0 }))
  for (let i = 0; i < labels.length; i++) {
    counts[labels[i]!]!.support++
    counts[predicted[i]!]!.predicted++
    if (labels[i] === predicted[i]) counts[labels[i]!]!.correct++
  }
  return counts
}

/** Precision tp / (tp + fp), recall tp / (tp + fn), and F1, their harmonic mean. */
export function classMetrics({ support, predicted, correct }: ClassCounts): ClassMetrics {
  return {
    support,
    predicted,
    precision: ratio(correct, predicted),
    recall: ratio(correct, support),
    f1: ratio(2 * correct, support + predicted),
  }
}

/** A larger matrix takes more memory than its reader has use for. */
const MOST_CLASSES = 1000

/** Counts [classes][classes]: rows are classes, columns predicted classes. Undefined with more than 1,000 classes. */
export function confusionMatrix(
  { labels, predicted }: Pick<ClassPredictions, 'labels' | 'predicted'>,
  classes: number,
): number[][] | undefined {
  if (classes > MOST_CLASSES) return undefined
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let i = 0; i < labels.length; i++) matrix[labels[i]!]![predicted[i]!]!++
  return matrix
}

export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
