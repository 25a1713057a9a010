import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { JobRequest, LabelKey, Labels, LabelValue } from '#domain/training-spec.ts'
import { JobParams } from '#http/job-params.ts'
import { describeJob, JobResource } from '#http/job-resource.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import type { Stores } from '#stores/connect.ts'

const Change = JobRequest.pick({ name: true, labels: true, priority: true })
  .extend({
    labels: z
      .record(LabelKey, LabelValue.nullable())
      .optional()
      .describe('Added to those that the job has; null removes one.'),
  })
  .meta({ id: 'JobChange', examples: [{ labels: { team: 'vision', trial: null } }] })

const schema = {
  operationId: 'changeJob',
  tags: ['jobs'],
  summary: 'Change the name, add or remove labels; the priority too while the job is queued',
  params: JobParams,
  body: Change,
  response: { 200: JobResource },
}

export const changeJobRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    app.patch('/v1/jobs/:jobId', { schema }, async request => {
      const { priority } = request.body
      const job = await stores.jobs.revise(request.params.jobId, before => changed(before, request.body))
      if (priority !== undefined) await stores.queue.changePriority(job.id, priority)
      return describeJob(job, stores)
    })
  }

function changed(job: Job, { name, labels, priority }: z.infer<typeof Change>): Job {
  if (priority !== undefined && job.status !== 'queued') {
    throw new AppError('conflict', `The job is ${job.status}; only a queued job's priority can change.`)
  }
  const merged = labels && parseByZod(Labels, mergeLabels(job.spec.labels, labels), ['labels'])
  const spec = { ...job.spec, ...(merged && { labels: merged }), ...(priority !== undefined && { priority }) }
  return { ...job, spec, ...(name !== undefined && { name }) }
}

function mergeLabels(before: Record<string, string>, change: Record<string, string | null>) {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null))
}
