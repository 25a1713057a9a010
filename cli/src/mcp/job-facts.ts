import type { EpochMetrics, Job, ListedJob, Thresher, TrainingSpec } from '@thresher/client'
import { count, duration, percent } from '../terminal/figures.ts'
import { defined, quoted, rounded } from './compact.ts'

type AnyJob = Job | ListedJob

/** The facts about a job that fit into a conversation: everything but its whole spec, and the metrics of each layer. */
export function factsOf(job: AnyJob, { url }: Pick<Thresher, 'url'>): Record<string, unknown> {
  const { id, name, status, progress, metrics, best, warnings, error, labels } = job
  const { queuePosition, estimatedStartAt, waitsFor, resumesAt, reason, worker } = job
  const { createdAt, startedAt, finishedAt, restarts } = job
  return defined({
    ...{ id, name, status },
    training: trainingOf(job.spec as TrainingSpec),
    ...{ progress, metrics: metrics && metricsOf(metrics as EpochMetrics), best, warnings, error },
    ...{ queuePosition, estimatedStartAt, waitsFor, resumesAt, reason, worker, restarts },
    ...{ createdAt, startedAt, finishedAt },
    labels: Object.keys(labels).length > 0 ? labels : undefined,
    dashboard: `${url}/ui/jobs/${id}`,
  })
}

/** The metrics of an epoch without those of its layers. */
export function metricsOf(metrics: EpochMetrics): Record<string, unknown> {
  const { epoch, phase, learningRate, c, threshold, trainLoss, validationLoss, sparsity, regrown } = metrics
  const { trainAccuracy, validationAccuracy, sparseBytes, denseBytes } = metrics
  return defined({
    ...{ epoch, phase, learningRate: rounded(learningRate), c: rounded(c), threshold: rounded(threshold) },
    ...{ trainLoss: rounded(trainLoss), trainAccuracy: rounded(trainAccuracy) },
    ...{ validationLoss: rounded(validationLoss), validationAccuracy: rounded(validationAccuracy) },
    ...{ sparsity: rounded(sparsity), regrown, sparseBytes, denseBytes },
  })
}

/** The parts of a spec that distinguish jobs. A topology is only named: it may have thousands of lines. */
export function trainingOf(spec: TrainingSpec): Record<string, unknown> {
  const { dataset, optimizer, schedule, batchSize, epochs, seed, validation, target, finish, init } = spec
  return defined({
    model: 'topology' in spec.model ? 'custom topology' : spec.model,
    dataset: dataset.id,
    ...{ optimizer, schedule, loss: spec.loss, batchSize, epochs, seed, validation, target, finish, init },
  })
}

/** A few lines: state, measurements, warnings, failure. */
export function describeJob(job: AnyJob): string {
  const name = job.name === undefined ? '' : ` ${quoted(job.name)}`
  const { progress, metrics } = job
  const lines = [`${job.id}${name} ${STATES[job.status]}, ${progress.epoch} of ${progress.epochs} epochs.`]
  if (metrics) lines.push(describeEpoch(metrics as EpochMetrics))
  if (job.status === 'queued' && job.queuePosition !== undefined)
    lines.push(`Position ${job.queuePosition} in the queue.`)
  if (job.status === 'running' && progress.etaSeconds !== undefined)
    lines.push(`About ${duration(progress.etaSeconds)} are left.`)
  if (job.error) lines.push(`Failure ${job.error.code}: ${job.error.message}`)
  return [...lines, ...describeWarnings(job.warnings)].join('\n')
}

const STATES: Record<Job['status'], string> = {
  queued: 'is queued',
  running: 'is running',
  restarting: 'is restarting from its last checkpoint',
  pausing: 'is pausing',
  paused: 'is paused',
  cancelling: 'is being cancelled',
  succeeded: 'has succeeded',
  failed: 'has failed',
  cancelled: 'was cancelled',
}

export function describeEpoch(metrics: EpochMetrics): string {
  const { epoch, validationAccuracy, validationLoss, sparsity, sparseBytes, denseBytes } = metrics
  const score =
    validationAccuracy === undefined
      ? `validation loss ${validationLoss.toPrecision(4)}`
      : `validation accuracy ${percent(validationAccuracy)}`
  return `Epoch ${epoch}: ${score}, ${percent(sparsity)} zeros, ${count(sparseBytes)} bytes (dense ${count(denseBytes)}).`
}

export function describeWarnings(
  warnings: readonly { code: string; path: string; message: string }[],
): string[] {
  return warnings.map(({ code, path, message }) => `Warning ${code} (${path}): ${message}`)
}

/** The tool that is useful next. */
export function nextStep({ id, status }: Pick<AnyJob, 'id' | 'status'>): string {
  const call = (tool: string) => `${tool} with {"jobId": "${id}"}`
  switch (status) {
    case 'succeeded':
      return `Next: ${call('tradeoff')} shows accuracy against sparsity; ${call('download')} stores the model.`
    case 'failed':
      return `Next: ${call('explain_error')} says what the failure means and what to change.`
    case 'cancelled':
      return `The model of its last checkpoint can still be downloaded.`
    case 'paused':
    case 'pausing':
      return `Next: ${call('resume')} continues it from its last checkpoint.`
    default:
      return `Next: ${call('watch')} waits for its progress.`
  }
}
