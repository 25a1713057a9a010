import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { JobListQuery, jobQuery } from '#http/job-list-query.ts'
import { describeJob, jobResource } from '#http/job-resource.ts'
import { ListedJob, listedJob } from '#http/listed-job.ts'
import { pageOf } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import { QueuePositions } from '#jobs/queue-positions.ts'

const schema = {
  operationId: 'listJobs',
  tags: ['jobs'],
  summary: 'List jobs',
  description:
    'Newest first unless `sort` is given. A job must match every filter; `label.KEY=VALUE` filters by label. A request examines at most 1,000 jobs, so a page may be shorter than `limit` while `hasMore` is true.',
  querystring: JobListQuery,
  response: { 200: pageOf(ListedJob) },
}

export const listJobsRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs', { schema, config: routeConfig({ scope: 'read' }) }, async request => {
      const { query, log } = request
      const stores = storesOf(request)
      const { jobs, nextAfter } = await stores.jobIndex.list(jobQuery(query))
      const included = new Set([query.include ?? []].flat())
      const positions = new QueuePositions(stores)
      const shown = showable(jobs, ListedJob, job => listedJob(jobResource(job), included), log)
      const data = await Promise.all(
        shown.map(async job => listedJob(await describeJob(job, stores, positions), included)),
      )
      return { data, hasMore: nextAfter !== null, nextAfter }
    })
  }
