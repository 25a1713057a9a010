import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { didYouMean } from '#domain/did-you-mean.ts'
import { AppError } from '#domain/error.ts'
import { JobStatus } from '#domain/job.ts'
import { describeJob, jobResource } from '#http/job-resource.ts'
import { Included, ListedJob, listedJob } from '#http/listed-job.ts'
import { Limit, NamePrefix, pageOf } from '#http/page.ts'
import { showable } from '#http/showable.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'
import type { Stores } from '#stores/connect.ts'

const LABEL = 'label.'
/** Cursors of each sort: an id, or the value and the id. */
const CURSORS = {
  createdAt: /^job_[0-9a-z]{26}$/,
  validationAccuracy: /^[01]\.\d{12}:job_[0-9a-z]{26}$/,
  sparsity: /^[01]\.\d{12}:job_[0-9a-z]{26}$/,
}

const Time = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'must be a time as in 2026-11-29T05:00:00Z, or a date',
})
const anyOf = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item)])

const Query = z
  .object({
    status: anyOf(JobStatus).optional().describe('May repeat: jobs of any of them.'),
    name: NamePrefix,
    datasetId: z.string().min(1).max(100).optional(),
    preset: z.enum(PRESET_NAMES).optional(),
    createdAfter: Time.optional(),
    createdBefore: Time.optional(),
    sort: z
      .enum(['createdAt', 'validationAccuracy', 'sparsity'])
      .default('createdAt')
      .describe('By a metric of the last epoch, jobs that have it alone are listed.'),
    order: z.enum(['asc', 'desc']).default('desc'),
    include: anyOf(Included)
      .optional()
      .describe('What lists leave out: own topologies, the metrics of layers, names of classes and columns.'),
    after: z.string().max(100).optional().describe('`nextAfter` of the page before.'),
    limit: Limit,
  })
  .catchall(z.string())

const schema = {
  operationId: 'listJobs',
  tags: ['jobs'],
  summary:
    'Jobs, newest first unless sorted otherwise; filters, label.KEY=VALUE among them, hold together. A page may have fewer jobs than `limit` while hasMore is true, since a request looks at 1,000 jobs at most',
  querystring: Query,
  response: { 200: pageOf(ListedJob) },
}

export const listJobsRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs', { schema }, async request => {
      const { status, name, datasetId, preset, createdAfter, createdBefore, include, ...query } =
        request.query
      const { sort, order, after, limit, ...rest } = query
      if (after !== undefined && !CURSORS[sort].test(after))
        refuse('after', `is no cursor of a list sorted by ${sort}; give nextAfter of the page before`)
      const filter = {
        statuses: status && [status].flat(),
        labels: labelsOf(rest),
        name,
        datasetId,
        preset,
        createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
        createdBefore: createdBefore === undefined ? undefined : new Date(createdBefore),
      }
      const { jobs, nextAfter } = await stores.jobIndex.list({ filter, sort, order, after, limit })
      const included = new Set([include ?? []].flat())
      const shown = showable(jobs, ListedJob, job => listedJob(jobResource(job), included), request.log)
      const data = await Promise.all(
        shown.map(async job => listedJob(await describeJob(job, stores), included)),
      )
      return { data, hasMore: nextAfter !== null, nextAfter }
    })
  }

function labelsOf(query: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const unknown = Object.keys(query).filter(key => !key.startsWith(LABEL) || key === LABEL)
  const known = [...Object.keys(Query.shape), 'label.KEY']
  if (unknown.length > 0) {
    const message = `is not a parameter here; there is: ${known.join(', ')}`
    const mistakes = unknown.map(path => ({ path, message: `${message}.${didYouMean(path, known)}` }))
    throw new AppError('invalid_request', `${unknown.join(', ')} ${message}.`, { mistakes })
  }
  const labels = Object.entries(query).map(([key, value]) => [key.slice(LABEL.length), value])
  return labels.length > 0 ? Object.fromEntries(labels) : undefined
}

function refuse(path: string, message: string): never {
  throw new AppError('invalid_request', `${path} ${message}.`, { mistakes: [{ path, message }] })
}
