import type { Job } from '#domain/job.ts'
import type { JobMetric } from './job-filter.ts'
import { redisKeys } from './redis-keys.ts'

/** A place in a sorted set whose scores are all 0: its members are in the order of their bytes, so that a member is a cursor. */
export interface IndexEntry {
  key: string
  member: string
}

export const keyOf = ({ key }: IndexEntry) => key
export const memberOf = ({ member }: IndexEntry) => member

const DECIMALS = 12

/** Every place that a job has. */
export function indexEntries(job: Job): IndexEntry[] {
  const { id, status, spec, metrics } = job
  const labels = Object.entries(spec.labels).map(([key, value]) => redisKeys.jobsByLabel(key, value))
  const byId = [redisKeys.allJobs, redisKeys.jobsByStatus(status), ...labels]
  const byMetric = (metric: JobMetric) => {
    const value = metrics?.[metric]
    return value === undefined
      ? []
      : [{ key: redisKeys.jobsByMetric(metric), member: metricMember(value, id) }]
  }
  return [
    ...byId.map(key => ({ key, member: id })),
    ...byMetric('validationAccuracy'),
    ...byMetric('sparsity'),
  ]
}

export function indexChanges(before: Job, after: Job): { left: IndexEntry[]; joined: IndexEntry[] } {
  const [was, is] = [indexEntries(before), indexEntries(after)]
  const without = (entries: IndexEntry[], others: IndexEntry[]) =>
    entries.filter(({ key, member }) => !others.some(other => other.key === key && other.member === member))
  return { left: without(was, is), joined: without(is, was) }
}

/** Shares have one digit before the point, so their texts sort as they do. */
function metricMember(share: number, jobId: string): string {
  return `${share.toFixed(DECIMALS)}:${jobId}`
}

/** The job that a member stands for. */
export function jobIdOf(member: string): string {
  return member.slice(member.indexOf(':') + 1)
}
