import { type Job, queuedJob } from '#domain/job.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { newId } from '#stores/new-id.ts'

/** A queued job that no store has seen yet. */
export function newJob(change: Partial<JobRequest> = {}): Job {
  const { spec, warnings } = resolveSpec({ model: { preset: 'mnist-mlp' }, ...change })
  return queuedJob(newId('job'), spec, { warnings, createdAt: new Date().toISOString() })
}
