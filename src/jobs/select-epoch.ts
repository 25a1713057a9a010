import { didYouMean, listed } from '#domain/did-you-mean.ts'
import type { MonitoredMetric } from '#domain/early-stopping.ts'
import type { Mistake } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import { activationOf, type Loss } from '#domain/loss.ts'
import { outputCount } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'

/** The metric must be one that the loss of the job has. */
export function stoppingMistakes({ earlyStopping, loss, model }: TrainingSpec): Mistake[] {
  if (!earlyStopping) return []
  const { metric } = earlyStopping
  const metrics = monitoredMetrics(loss, outputCount(model))
  if (metrics.includes(metric)) return []
  const near = didYouMean(metric, metrics)
  const message = `must be a metric of ${loss}: ${listed(metrics)}; not "${metric}"${near && `.${near}`}`
  return [{ path: 'earlyStopping.metric', message }]
}

/** Choosing an epoch on the test split makes its measured accuracy optimistic. */
export function selectionWarnings({ validation, checkpoint, earlyStopping }: TrainingSpec): Warning[] {
  if (!('split' in validation)) return []
  const warn = (path: string, what: string, metric: string) => ({
    code: 'best_chosen_on_test',
    path,
    message: `${what} is chosen by ${metric} on the test split, so its metrics there are optimistic. Hold out training examples with "validation": { "fraction": 0.1 }, or report the last epoch.`,
  })
  return [
    ...(checkpoint.keepBest > 0 ? [warn('checkpoint.bestBy', 'The best checkpoint', checkpoint.bestBy)] : []),
    ...(earlyStopping?.metric.startsWith('validation')
      ? [warn('earlyStopping.metric', 'The epoch of the model', earlyStopping.metric)]
      : []),
  ]
}

/** The metrics that a loss has. @param outputs of the network */
export function monitoredMetrics(loss: Loss, outputs: number): readonly MonitoredMetric[] {
  switch (activationOf(loss)) {
    case 'softmax':
      return [...withLoss('Accuracy'), ...(outputs > 5 ? (['validationTop5Accuracy'] as const) : [])]
    case 'sigmoid':
      return withLoss('Accuracy')
    case 'linear':
      return withLoss('MeanAbsoluteError')
  }
}

function withLoss(metric: 'Accuracy' | 'MeanAbsoluteError'): MonitoredMetric[] {
  return ['validationLoss', `validation${metric}`, 'trainLoss', `train${metric}`]
}
