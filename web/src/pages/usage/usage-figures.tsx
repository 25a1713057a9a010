import type { GetUsageResponse } from '@thresher/client'
import { Figure } from '../../components/figure.tsx'
import { formatBytes, formatCount } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'

/** The totals of all rows. */
export function UsageFigures({ totals }: { totals: GetUsageResponse['totals'] }) {
  const { deviceSeconds, jobs, examplesTrained, egressBytes, storedByteHours } = totals
  return (
    <dl class="figures">
      <Figure label="Device time">{formatDuration(deviceSeconds)}</Figure>
      <Figure label="Jobs submitted">{formatCount(jobs)}</Figure>
      <Figure label="Examples trained">{formatCount(examplesTrained)}</Figure>
      <Figure label="Sent">{formatBytes(egressBytes)}</Figure>
      <Figure label="Stored, times hours">{formatBytes(storedByteHours)} h</Figure>
    </dl>
  )
}
