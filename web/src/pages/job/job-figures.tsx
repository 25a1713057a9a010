import type { Job, JobProgress } from '@thresher/client'
import { Figure } from '../../components/figure.tsx'
import { formatBytes, formatCount, formatNumber, formatPercent, formatRatio } from '../../format/numbers.ts'
import { formatAge, formatDuration } from '../../format/times.ts'
import { isTerminal } from '../../state/job-status.ts'

interface JobFiguresProps {
  job: Job
  progress: JobProgress | undefined
}

/** Where the job is, and the figures of its last epoch. */
export function JobFigures({ job, progress }: JobFiguresProps) {
  const { metrics, worker } = job
  const rate = progress?.examplesPerSecond ?? metrics?.examplesPerSecond
  return (
    <section class="panel" aria-label="Progress and figures">
      <dl class="figures">
        <ProgressFigure job={job} progress={progress} />
        {metrics && <ModelFigures metrics={metrics} />}
        {worker && rate !== undefined && (
          <Figure label="Rate" note={`on ${worker.engine}, ${worker.device}`}>
            {formatCount(rate)}/s
          </Figure>
        )}
      </dl>
      <JobBar job={job} progress={progress} />
    </section>
  )
}

function ProgressFigure({ job, progress }: JobFiguresProps) {
  const { epoch, epochs, etaSeconds, tradeoff } = job.progress
  if (job.status === 'queued')
    return (
      <Figure
        label="Place in the queue"
        note={job.estimatedStartAt && `starts ${formatAge(job.estimatedStartAt)}`}
      >
        {job.queuePosition ?? '–'}
      </Figure>
    )
  const measured = tradeoff ?? progress?.tradeoff
  if (measured && !isTerminal(job.status))
    return (
      <Figure label="Trade-off" note={`of ${measured.total} points at most`}>
        {measured.done}
      </Figure>
    )
  const left = isTerminal(job.status) ? undefined : etaSeconds
  return (
    <Figure label="Epoch" note={`of ${epochs}${left === undefined ? '' : ` · ${formatDuration(left)} left`}`}>
      {epoch}
    </Figure>
  )
}

function ModelFigures({ metrics }: { metrics: NonNullable<Job['metrics']> }) {
  const { layers = [] } = metrics
  const size = layers.reduce((sum, layer) => sum + layer.size, 0)
  const nonzero = layers.reduce((sum, layer) => sum + layer.nonzero, 0)
  return (
    <>
      <Figure label="Sparsity">{formatPercent(metrics.sparsity)}</Figure>
      {metrics.validationAccuracy === undefined ? (
        <Figure label="Validation loss">{formatNumber(metrics.validationLoss)}</Figure>
      ) : (
        <Figure label="Validation accuracy">{formatPercent(metrics.validationAccuracy)}</Figure>
      )}
      <Figure
        label="Size"
        note={`dense ${formatBytes(metrics.denseBytes)}, ${formatRatio(metrics.denseBytes / metrics.sparseBytes)}`}
      >
        {formatBytes(metrics.sparseBytes)}
      </Figure>
      {size > 0 && (
        <Figure label="Parameters" note={`of ${formatCount(size)}`}>
          {formatCount(nonzero)}
        </Figure>
      )}
    </>
  )
}

/** The bar moves within an epoch by the progress frames. */
function JobBar({ job, progress }: JobFiguresProps) {
  if (job.status === 'queued' || isTerminal(job.status)) return null
  const { epochs, fraction } = job.progress
  const within = progress ? (progress.epoch - 1 + progress.step / progress.stepsPerEpoch) / epochs : 0
  const share = Math.min(1, Math.max(fraction, within))
  return (
    <progress class="bar" max={1} value={share} aria-label="Progress of the training">
      {formatPercent(share, 0)}
    </progress>
  )
}
