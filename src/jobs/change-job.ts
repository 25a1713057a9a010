import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { JobRequest, LabelKey, Labels, LabelValue } from '#domain/training-spec.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import type { Stores } from '#stores/connect.ts'

/** The fields of a job that a client may change after its submission. */
export const JobChange = JobRequest.pick({ name: true, labels: true, priority: true })
  .extend({
    labels: z
      .record(LabelKey, LabelValue.nullable())
      .optional()
      .describe('Labels to add or to replace; null removes a label.'),
  })
  .meta({ id: 'JobChange', examples: [{ labels: { team: 'vision', trial: null } }] })
export type JobChange = z.infer<typeof JobChange>

/**
 * Changes a job's name and labels, and its priority while it is queued.
 * @throws AppError `not_found`; `conflict` for the priority of a job that is not queued; `invalid_request` for too many labels
 */
export async function changeJob(
  { jobs }: Pick<Stores, 'jobs'>,
  jobId: string,
  change: JobChange,
): Promise<Job> {
  return await jobs.revise(jobId, before => changed(before, change))
}

function changed(job: Job, { name, labels, priority }: JobChange): Job {
  if (priority !== undefined && job.status !== 'queued')
    throw new AppError(
      'conflict',
      `The job is ${job.status}; the priority can change only while it is queued.`,
    )
  const merged = labels && parseByZod(Labels, mergeLabels(job.spec.labels, labels), ['labels'])
  const spec = { ...job.spec, ...(merged && { labels: merged }), ...(priority !== undefined && { priority }) }
  return { ...job, spec, ...(name !== undefined && { name }) }
}

function mergeLabels(before: Record<string, string>, change: Record<string, string | null>) {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null))
}
