import type { Job, JobStatus } from '#domain/job.ts'

/** The metrics of a job's last epoch that jobs can be sorted by. */
export type JobMetric = 'validationAccuracy' | 'sparsity'

/** Which jobs a list contains; a field that is absent accepts every job. */
export interface JobFilter {
  statuses?: readonly JobStatus[] | undefined
  labels?: Readonly<Record<string, string>> | undefined
  /** A prefix of the name. */
  name?: string | undefined
  datasetId?: string | undefined
  preset?: string | undefined
  sweepId?: string | undefined
  createdAfter?: Date | undefined
  createdBefore?: Date | undefined
}

export function matchesFilter(job: Job, filter: JobFilter): boolean {
  const { statuses, labels = {}, name, datasetId, preset, sweepId, createdAfter, createdBefore } = filter
  // A record that cannot be read is accepted here; the api leaves it out of its answer and logs it.
  if (job.spec === undefined) return true
  const { model, dataset } = job.spec
  return (
    (!statuses || statuses.includes(job.status)) &&
    Object.entries(labels).every(([key, value]) => job.spec.labels[key] === value) &&
    (name === undefined || (job.name ?? '').startsWith(name)) &&
    (datasetId === undefined || dataset.id === datasetId) &&
    (preset === undefined || ('preset' in model && model.preset === preset)) &&
    (sweepId === undefined || job.sweepId === sweepId) &&
    (!createdAfter || Date.parse(job.createdAt) > createdAfter.getTime()) &&
    (!createdBefore || Date.parse(job.createdAt) < createdBefore.getTime())
  )
}
