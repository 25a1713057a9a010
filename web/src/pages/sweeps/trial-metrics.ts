import type { Trial } from '@thresher/client'

export type TrialMetric = Exclude<keyof NonNullable<Trial['metrics']>, 'epoch'>

/** The metrics of a trial that the pages of sweeps show, where the trial has them. */
export const TRIAL_METRICS: readonly TrialMetric[] = [
  'validationAccuracy',
  'validationLoss',
  'validationMeanAbsoluteError',
  'sparsity',
  'sparseBytes',
]
