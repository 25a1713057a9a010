import type { Quotas } from '@thresher/client'
import { formatBytes, formatCount } from './numbers.ts'
import { formatDuration } from './times.ts'

interface QuotaWords {
  name: keyof Quotas
  /** With the unit in which the service counts. */
  label: string
  format: (limit: number) => string
}

/** The quotas in the words of a person. */
export const QUOTAS: readonly QuotaWords[] = [
  { name: 'queuedJobs', label: 'Waiting jobs', format: formatCount },
  { name: 'runningJobs', label: 'Running jobs', format: formatCount },
  { name: 'deviceSecondsPerDay', label: 'Device seconds a day', format: formatDuration },
  { name: 'storedBytes', label: 'Stored bytes', format: formatBytes },
  { name: 'modelParameters', label: 'Parameters of a model', format: formatCount },
  { name: 'epochs', label: 'Epochs of a job', format: formatCount },
]
