import type { JobQuery, ListedJob } from '@thresher/client'
import { percent } from '../../terminal/figures.ts'
import { factsOf } from '../job-facts.ts'
import { defineTool, READS } from '../tool.ts'

const FILTERS = ['status', 'name', 'datasetId', 'preset', 'sweepId', 'sort', 'order', 'limit', 'after']

export const listJobs = defineTool<JobQuery & { after?: string }>({
  name: 'list_jobs',
  title: 'List jobs',
  description: 'Lists jobs, newest first unless `sort` says otherwise, with state and latest metrics.',
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
      data: { jobs: data.map(job => factsOf(job, thresher)), ...(hasMore && { nextAfter }) },
    }
  },
})

function describe({ id, name, status, progress, metrics }: ListedJob): string {
  const accuracy = metrics?.validationAccuracy
  const parts = [
    `${id} ${status}`,
    name,
    `epoch ${progress.epoch} of ${progress.epochs}`,
    accuracy !== undefined && `accuracy ${percent(accuracy)}`,
    metrics && `${percent(metrics.sparsity)} zeros`,
  ]
  return parts.filter(Boolean).join(', ')
}
