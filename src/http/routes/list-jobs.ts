import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { JobStatus } from '#domain/job.ts'
import { describeJob, JobResource, jobResource } from '#http/job-resource.ts'
import { Limit, pageOf } from '#http/page.ts'
import { showable } from '#http/showable.ts'
import type { World } from '#infra/connect.ts'

const LABEL = 'label.'

const Query = z
  .object({
    status: JobStatus.optional(),
    after: z
      .string()
      .regex(/^job_[0-9a-z]{26}$/, 'is not the id of a job; give nextAfter of the page before')
      .optional(),
    limit: Limit,
  })
  .catchall(z.string())

const schema = {
  operationId: 'listJobs',
  tags: ['jobs'],
  summary: 'Jobs, newest first; filter by status and by label.KEY=VALUE',
  querystring: Query,
  response: { 200: pageOf(JobResource) },
}

export const listJobsRoute =
  (world: World): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs', { schema }, async request => {
      const { status, after, limit, ...rest } = request.query
      const { jobs, hasMore } = await world.jobs.list({ status, labels: labelsOf(rest) }, after, limit)
      const shown = showable(jobs, JobResource, jobResource, request.log)
      const data = await Promise.all(shown.map(job => describeJob(job, world)))
      return { data, hasMore, nextAfter: hasMore ? jobs.at(-1)!.id : null }
    })
  }

function labelsOf(query: Readonly<Record<string, string>>): Record<string, string> {
  const unknown = Object.keys(query).filter(key => !key.startsWith(LABEL) || key === LABEL)
  if (unknown.length > 0) {
    const message = 'is not a filter; there is status, label.KEY, after and limit'
    const mistakes = unknown.map(path => ({ path, message }))
    throw new AppError('invalid_request', `${unknown.join(', ')} ${message}.`, { mistakes })
  }
  return Object.fromEntries(Object.entries(query).map(([key, value]) => [key.slice(LABEL.length), value]))
}
