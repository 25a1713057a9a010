import type { Quotas } from '@thresher/client'

/** The quotas in the words of a person, with their unit. */
export const QUOTA_NAMES: readonly [keyof Quotas, string][] = [
  ['queuedJobs', 'Waiting jobs'],
  ['runningJobs', 'Running jobs'],
  ['deviceSecondsPerDay', 'Device seconds a day'],
  ['storedBytes', 'Stored bytes'],
  ['modelParameters', 'Parameters of a model'],
  ['epochs', 'Epochs of a job'],
]
