import { z } from 'zod'
import { didYouMean } from '#domain/did-you-mean.ts'
import { invalidFields, invalidRequest } from '#domain/error.ts'
import { JobStatus } from '#domain/job.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import type { JobQuery } from '#stores/job-index.ts'
import { Included } from './listed-job.ts'
import { Limit, NamePrefix } from './page.ts'

const LABEL = 'label.'
/** The cursors of each sort: an id, or the value and the id. */
const CURSORS = {
  createdAt: /^job_[0-9a-z]{26}$/,
  validationAccuracy: /^[01]\.\d{12}:job_[0-9a-z]{26}$/,
  sparsity: /^[01]\.\d{12}:job_[0-9a-z]{26}$/,
}

const Time = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'must be a time as in 2026-11-29T05:00:00Z, or a date',
})
const anyOf = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item)])

/** The query of `GET /v1/jobs`. Each label is a parameter: `label.KEY=VALUE`. */
export const JobListQuery = z
  .object({
    status: anyOf(JobStatus).optional().describe('May be repeated: jobs with any of the statuses.'),
    name: NamePrefix,
    datasetId: z.string().min(1).max(100).optional(),
    preset: z.enum(PRESET_NAMES).optional(),
    sweepId: z.string().min(1).max(100).optional().describe('Jobs that this sweep has submitted.'),
    createdAfter: Time.optional(),
    createdBefore: Time.optional(),
    sort: z
      .enum(['createdAt', 'validationAccuracy', 'sparsity'])
      .default('createdAt')
      .describe('A metric of the last epoch lists only the jobs that have it.'),
    order: z.enum(['asc', 'desc']).default('desc'),
    include: anyOf(Included)
      .optional()
      .describe(
        'Parts that a list omits by default: custom topologies, metrics by layer, names of classes and columns.',
      ),
    after: z.string().max(100).optional().describe('`nextAfter` of the previous page.'),
    limit: Limit,
  })
  .catchall(z.string())
export type JobListQuery = z.infer<typeof JobListQuery>

/** @throws AppError `invalid_request` for an unknown parameter, or a cursor of another sort */
export function jobQuery(query: JobListQuery): JobQuery {
  const { status, name, datasetId, preset, sweepId, createdAfter, createdBefore, include: _, ...rest } = query
  const { sort, order, after, limit, ...labels } = rest
  if (after !== undefined && !CURSORS[sort].test(after))
    throw invalidRequest(
      'after',
      `is not a cursor of a list sorted by ${sort}; give nextAfter of the previous page`,
    )
  const filter = {
    statuses: status && [status].flat(),
    labels: labelsOf(labels),
    name,
    datasetId,
    preset,
    sweepId,
    createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
    createdBefore: createdBefore === undefined ? undefined : new Date(createdBefore),
  }
  return { filter, sort, order, after, limit }
}

function labelsOf(query: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const unknown = Object.keys(query).filter(key => !key.startsWith(LABEL) || key === LABEL)
  const known = [...Object.keys(JobListQuery.shape), 'label.KEY']
  const message = `is not a parameter of this list; the parameters are: ${known.join(', ')}`
  if (unknown.length > 0)
    throw invalidFields(unknown.map(path => ({ path, message: `${message}.${didYouMean(path, known)}` })))
  const labels = Object.entries(query).map(([key, value]) => [key.slice(LABEL.length), value])
  return labels.length > 0 ? Object.fromEntries(labels) : undefined
}
