import type { ClassMetrics, ModelEvaluation } from '#analyses/evaluation-result.ts'
import { calibrationOf } from './calibration.ts'
import { type ClassPredictions, classMetrics, confusionMatrix, countClasses } from './class-metrics.ts'
import type { Measured, Predictions } from './measure-model.ts'
import { targetMetrics } from './target-metrics.ts'

/** A larger matrix is only in confusion.csv. */
const MOST_CLASSES = 100

/** The evaluation of one model. @param names of the targets */
export function describeModel(
  jobId: string,
  { means, predictions }: Measured,
  names: readonly string[] = [],
): ModelEvaluation {
  const { correct, top5, absoluteError } = means.metrics
  const metrics = {
    loss: means.loss,
    ...(correct !== undefined && { accuracy: correct }),
    ...(top5 !== undefined && { top5Accuracy: top5 }),
    ...(absoluteError !== undefined && { meanAbsoluteError: absoluteError }),
  }
  return { jobId, metrics, ...describePredictions(predictions, names) }
}

function describePredictions(
  predictions: Predictions,
  names: readonly string[],
): Omit<ModelEvaluation, 'jobId' | 'metrics'> {
  switch (predictions.form) {
    case 'class': {
      const { values, classes } = predictions
      const confusion = classes <= MOST_CLASSES ? confusionMatrix(values, classes) : undefined
      return {
        perClass: countClasses(values, classes).map(classMetrics),
        ...(confusion && { confusion }),
        calibration: calibrationOf(values),
      }
    }
    case 'labels':
      return { perClass: labelMetrics(predictions.values, predictions.width) }
    case 'numbers':
      return { perTarget: targetMetrics(predictions.values, names) }
  }
}

/** Each label by itself, as if it were one of two classes. */
function labelMetrics(
  { labels, predicted }: Pick<ClassPredictions, 'labels' | 'predicted'>,
  width: number,
): ClassMetrics[] {
  return Array.from({ length: width }, (_, label) => {
    const counts = { support: 0, predicted: 0, correct: 0 }
    for (let i = label; i < labels.length; i += width) {
      counts.support += labels[i]!
      counts.predicted += predicted[i]!
      counts.correct += labels[i]! & predicted[i]!
    }
    return classMetrics(counts)
  })
}
