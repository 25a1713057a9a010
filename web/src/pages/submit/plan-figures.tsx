import type { DryRun } from '@thresher/client'
import { formatBytes, formatCount, formatPercent, formatRatio } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'

/** What a job would cost, before anything is spent. */
export function PlanFigures({ plan: dryRun }: { plan: DryRun }) {
  const { plan, memory, estimatedSeconds, queuePosition } = dryRun
  const last = plan.epochs.at(-1)
  const bytes = plan.forecastArtifactBytes
  return (
    <dl class="figures" data-testid="plan-figures">
      <Figure
        name="Parameters"
        value={formatCount(plan.parameters)}
        note={`${formatBytes(plan.denseBytes)} dense`}
      />
      <Figure
        name="Sparsity at the end"
        value={formatPercent(last?.forecastSparsity)}
        note={last?.forecastError ? `± ${formatPercent(last.forecastError, 1)}` : ''}
      />
      <Figure
        name="Sparse model"
        value={formatBytes(bytes)}
        note={bytes === undefined ? 'not known yet' : `${formatRatio(plan.denseBytes / bytes)} smaller`}
      />
      <Figure
        name="Training time"
        value={formatDuration(estimatedSeconds)}
        note={estimatedSeconds === undefined ? 'no similar job has finished' : ''}
      />
      <Figure
        name="Memory"
        value={formatBytes(memory.neededBytes)}
        note={workerNote(memory.largestWorkerBytes)}
      />
      <Figure
        name="Steps"
        value={formatCount(plan.stepsPerEpoch * plan.epochs.length)}
        note={examplesNote(plan)}
      />
      <Figure name="Place in the queue" value={formatCount(queuePosition)} note="" />
    </dl>
  )
}

function Figure({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {value} <small>{note}</small>
      </dd>
    </div>
  )
}

function workerNote(bytes: number | undefined): string {
  return bytes === undefined ? '' : `of ${formatBytes(bytes)} on the largest worker`
}

function examplesNote({ stepsPerEpoch, trainingExamples }: DryRun['plan']): string {
  return `${formatCount(stepsPerEpoch)} an epoch, ${formatCount(trainingExamples)} examples`
}
