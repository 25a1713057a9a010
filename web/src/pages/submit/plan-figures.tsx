import type { DryRun } from '@thresher/client'
import { Figure } from '../../components/figure.tsx'
import { formatBytes, formatCount, formatPercent, formatRatio } from '../../format/numbers.ts'
import { formatAge, formatDuration } from '../../format/times.ts'

/** What a job would cost, before anything is spent. */
export function PlanFigures({ plan: dryRun }: { plan: DryRun }) {
  const { plan, memory, estimatedSeconds, estimatedStartAt, queuePosition } = dryRun
  const { forecastSparsity, forecastError } = plan.epochs.at(-1) ?? {}
  const bytes = plan.forecastArtifactBytes
  return (
    <dl class="figures">
      <Figure label="Parameters" note={`${formatBytes(plan.denseBytes)} dense`}>
        {formatCount(plan.parameters)}
      </Figure>
      <Figure
        label="Sparsity at the end"
        note={forecastError ? `± ${formatPercent(forecastError, 1)}` : undefined}
      >
        {formatPercent(forecastSparsity)}
      </Figure>
      <Figure
        label="Sparse model"
        note={bytes === undefined ? 'not known yet' : `${formatRatio(plan.denseBytes / bytes)} smaller`}
      >
        {formatBytes(bytes)}
      </Figure>
      <Figure
        label="Training time"
        note={estimatedSeconds === undefined ? 'no similar job has finished' : undefined}
      >
        {formatDuration(estimatedSeconds)}
      </Figure>
      <Figure label="Memory" note={workerNote(memory.largestWorkerBytes)}>
        {formatBytes(memory.neededBytes)}
      </Figure>
      <Figure label="Steps" note={stepsNote(plan)}>
        {formatCount(plan.stepsPerEpoch * plan.epochs.length)}
      </Figure>
      <Figure label="Place in the queue" note={estimatedStartAt && `starts ${formatAge(estimatedStartAt)}`}>
        {formatCount(queuePosition)}
      </Figure>
    </dl>
  )
}

function workerNote(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `of ${formatBytes(bytes)} on the largest worker`
}

function stepsNote({ stepsPerEpoch, trainingExamples }: DryRun['plan']): string {
  return `${formatCount(stepsPerEpoch)} an epoch, ${formatCount(trainingExamples)} examples`
}
