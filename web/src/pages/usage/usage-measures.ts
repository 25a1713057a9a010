import type { UsageRow } from '@thresher/client'
import { formatBytes, formatCount } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'

export type MeasureName = Exclude<keyof UsageRow, 'hour' | 'keyId'>

export interface Measure {
  label: string
  format: (amount: number) => string
  /** An amount at the end of an hour, which is not summed over hours. */
  isLevel?: boolean
}

export const MEASURES: Record<MeasureName, Measure> = {
  deviceSeconds: { label: 'Device time', format: formatDuration },
  jobs: { label: 'Jobs submitted', format: formatCount },
  examplesTrained: { label: 'Examples trained', format: formatCount },
  storedBytes: { label: 'Stored', format: formatBytes, isLevel: true },
  egressBytes: { label: 'Sent', format: formatBytes },
}

export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[]
