import { z } from 'zod'

/** The metrics of an epoch that can decide when a training stops. */
export const MONITORED_METRICS = [
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

/** Whether the model of a job is that of its best epoch. */
export function restoresBest({ earlyStopping }: { earlyStopping?: EarlyStopping | undefined }): boolean {
  return earlyStopping?.restoreBest ?? false
}
