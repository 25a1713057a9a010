import { z } from 'zod'
import { activationOf, type Loss } from './loss.ts'

/** The metrics of an epoch that can decide when a training stops. */
const MONITORED_METRICS = [
  'trainLoss',
  'trainAccuracy',
  'trainMeanAbsoluteError',
  'validationLoss',
  'validationAccuracy',
  'validationTop5Accuracy',
  'validationMeanAbsoluteError',
] as const
export type MonitoredMetric = (typeof MONITORED_METRICS)[number]

/** When a job stops before its last epoch, as Keras's EarlyStopping does. */
export const EarlyStopping = z
  .strictObject({
    metric: z
      .enum(MONITORED_METRICS)
      .describe('Losses and errors should fall, accuracies should rise. The loss of the job must have it.'),
    patience: z
      .int()
      .min(1)
      .max(100_000)
      .describe('The training stops after this number of epochs in a row without an improvement.'),
    minDelta: z
      .number()
      .min(0)
      .default(0)
      .describe('An improvement must be larger than this. A smaller one counts as none.'),
    restoreBest: z
      .boolean()
      .default(true)
      .describe(
        'Whether the model of the job is that of its best epoch, also if the training does not stop early; otherwise it is that of the last epoch.',
      ),
  })
  .meta({ id: 'EarlyStopping' })
export type EarlyStopping = z.infer<typeof EarlyStopping>

/** The metrics of an epoch, as far as they matter here. */
type Measured = { epoch: number } & { [M in MonitoredMetric]?: number | undefined }

/** The last epoch that was an improvement, and its metric. */
export interface BestEpoch {
  epoch: number
  value: number
}

/** The parts of a spec that say when a training ends. */
interface Bounds {
  epochs: number
  earlyStopping?: EarlyStopping | undefined
}

/**
 * The best epoch after one more. An epoch must be better than the best one by more than `minDelta`: many small improvements may add
 * up to one.
 */
export function betterEpoch(
  best: BestEpoch | undefined,
  metrics: Measured,
  { metric, minDelta }: EarlyStopping,
): BestEpoch {
  const value = metrics[metric]!
  const sign = metric.endsWith('Accuracy') ? 1 : -1
  return best && sign * (value - best.value) <= minDelta ? best : { epoch: metrics.epoch, value }
}

/** The best of the epochs that a job has trained; undefined if it has trained none, or does not stop early. */
export function bestEpoch(
  series: readonly Measured[],
  { earlyStopping }: Pick<Bounds, 'earlyStopping'>,
): BestEpoch | undefined {
  if (!earlyStopping) return undefined
  return series.reduce<BestEpoch | undefined>(
    (best, metrics) => betterEpoch(best, metrics, earlyStopping),
    undefined,
  )
}

/** Whether a training ends after `epoch`. @param best the best epoch until then */
export function endsAfter(
  { epochs, earlyStopping }: Bounds,
  epoch: number,
  best: BestEpoch | undefined,
): boolean {
  if (epoch >= epochs) return true
  return earlyStopping !== undefined && best !== undefined && epoch - best.epoch >= earlyStopping.patience
}

/** Whether the model of a job is that of its best epoch. */
export function restoresBest({ earlyStopping }: Pick<Bounds, 'earlyStopping'>): boolean {
  return earlyStopping?.restoreBest ?? false
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
