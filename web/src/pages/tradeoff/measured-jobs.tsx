import type { Job } from '@thresher/client'
import { LineSample } from '../../charts/legend.tsx'
import { lineStyle } from '../../charts/palette.ts'
import { Button } from '../../components/button.tsx'
import { FreeText } from '../../components/free-text.tsx'
import { Panel } from '../../components/panel.tsx'
import { jobName } from '../../format/job-name.ts'
import { formatCount, formatPercent } from '../../format/numbers.ts'
import { linkTo } from '../../state/location.ts'
import { isDark } from '../../state/theme.ts'
import type { MeasuredJob } from './load-models.ts'
import { useMeasurement } from './use-measurement.ts'

interface MeasuredJobsProps {
  measured: readonly MeasuredJob[]
  onMeasured(): void
}

/** The jobs of the chart with their colours, and what measures the trade-off of those that have none. */
export function MeasuredJobs({ measured, onMeasured }: MeasuredJobsProps) {
  return (
    <Panel title="Jobs">
      <ul class="rows">
        {measured.map(({ job, hasTradeoff, points }, index) => (
          <li key={job.id} class="row">
            <span class="legend">
              <LineSample {...lineStyle(index, isDark.value)} />
            </span>
            <a href={linkTo(`/jobs/${job.id}`)}>
              <FreeText text={jobName(job)} />
            </a>
            <span class="quiet">
              {formatPercent(job.metrics?.validationAccuracy)} at {formatPercent(job.metrics?.sparsity)}{' '}
              zeros, {formatCount(points.length)} {points.length === 1 ? 'model' : 'models'}
            </span>
            {hasTradeoff ? <span class="tag">measured</span> : <Measure job={job} onMeasured={onMeasured} />}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Measure({ job, onMeasured }: { job: Job; onMeasured(): void }) {
  const { status, done, total, error, start } = useMeasurement(job.id, onMeasured)
  const label = `Measure the trade-off of ${jobName(job)}`
  return (
    <>
      {status ? (
        <span class="row" role="status">
          <progress class="bar short" aria-label={label} {...(total && { max: total, value: done })} />
          {total ? `${formatCount(done ?? 0)} of ${formatCount(total)} points` : status}
        </span>
      ) : (
        <Button label={label} onClick={start}>
          Measure the trade-off
        </Button>
      )}
      {error && <span class="field-error">{error.message}</span>}
    </>
  )
}
