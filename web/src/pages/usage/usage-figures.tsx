import type { GetUsageResponse } from '@thresher/client'
import { formatBytes, formatCount } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'

/** The totals of all rows. */
export function UsageFigures({ totals }: { totals: GetUsageResponse['totals'] }) {
  const { deviceSeconds, jobs, examplesTrained, egressBytes, storedByteHours } = totals
  const figures = [
    ['Device time', formatDuration(deviceSeconds)],
    ['Jobs submitted', formatCount(jobs)],
    ['Examples trained', formatCount(examplesTrained)],
    ['Sent', formatBytes(egressBytes)],
    ['Stored, times hours', `${formatBytes(storedByteHours)} h`],
  ] as const
  return (
    <dl class="figures">
      {figures.map(([term, value]) => (
        <div key={term} class="figure">
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
