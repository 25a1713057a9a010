import type { JobQuery, ListedJob, TrainingSpec } from '@thresher/client'
import { percent } from '../../terminal/figures.ts'
import { defined, quoted, rounded } from '../compact.ts'
import { trainingOf } from '../job-facts.ts'
import { defineTool, READS } from '../tool.ts'

const FILTERS = ['status', 'name', 'datasetId', 'preset', 'sweepId', 'sort', 'order', 'limit', 'after']

export const listJobs = defineTool<JobQuery & { after?: string }>({
  name: 'list_jobs',
  title: 'List jobs',
  description:
    'Lists jobs, newest first unless `sort` says otherwise, with their state and the metrics of their last epoch.',
  scope: 'read',
  effects: READS,
  input: schemas => ({ properties: schemas.parameters('/v1/jobs', 'get', FILTERS) }),
  async run(query, { thresher, signal }) {
    const { data, hasMore, nextAfter } = await thresher.jobs.list(query, { signal })
    const lines = data.map(describe)
    if (data.length === 0) lines.push('There is no such job.')
    if (hasMore) lines.push(`More: list_jobs with {"after": "${nextAfter}"} and the same filters.`)
    return {
      text: lines.join('\n'),
      data: { jobs: data.map(factsOf), ...(hasMore && { nextAfter }) },
    }
  },
})

/** What distinguishes the jobs of a list; `get_job` returns the rest. */
function factsOf({ id, name, status, createdAt, progress, metrics, error, spec }: ListedJob) {
  const { model, dataset, optimizer, target } = trainingOf(spec as TrainingSpec)
  return defined({
    ...{ id, name, status, createdAt, model, dataset, optimizer, target },
    ...{ epoch: progress.epoch, epochs: progress.epochs },
    validationAccuracy: rounded(metrics?.validationAccuracy),
    validationLoss: rounded(metrics?.validationLoss),
    sparsity: rounded(metrics?.sparsity),
    sparseBytes: metrics?.sparseBytes,
    error: error?.code,
  })
}

function describe({ id, name, status, progress, metrics }: ListedJob): string {
  const accuracy = metrics?.validationAccuracy
  const parts = [
    `${id} ${status}`,
    name !== undefined && `name ${quoted(name)}`,
    `epoch ${progress.epoch} of ${progress.epochs}`,
    accuracy !== undefined && `accuracy ${percent(accuracy)}`,
    metrics && `${percent(metrics.sparsity)} zeros`,
  ]
  return parts.filter(Boolean).join(', ')
}
