import { tenantOf } from '#access/owner.ts'
import type { Analysis } from '#domain/analysis.ts'
import { isTerminal, type Job } from '#domain/job.ts'
import { isVersion } from '#domain/model-reference.ts'
import { nextExpiry } from '#domain/retention.ts'
import type { JobMetric } from './job-filter.ts'
import { laneOf } from './lane.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'

/** A member of a sorted set. Where all scores are 0, members are sorted by their bytes, so that a member is a cursor. */
export interface IndexEntry {
  key: string
  member: string
  /** Absent: 0. */
  score?: number
}

const DECIMALS = 12

/** The index entries of a job or an analysis. */
export function indexEntries(job: Job): IndexEntry[] {
  const entries = job.analysis ? entriesOfAnalysis(job, job.analysis) : entriesOfJob(job)
  return isTerminal(job.status) ? entries : [...entries, ...entriesOfUnfinished(job)]
}

function entriesOfUnfinished(job: Job): IndexEntry[] {
  const { id, status, resumesAt } = job
  const { tenant, name } = laneOf(job)
  const of = tenantKeys(tenant)
  return [
    ...usedBy(job).map(key => ({ key, member: id })),
    ...(status === 'queued' || status === 'paused' ? [{ key: of.pendingOf(name), member: id }] : []),
    ...(status === 'paused' && resumesAt
      ? [{ key: redisKeys.resumptions, member: id, score: Date.parse(resumesAt) }]
      : []),
  ]
}

/** The keys that list the users of the uploaded dataset that the job reads, and of the registered model that it starts from. */
function usedBy({ spec: { dataset, init }, tenant, analysis }: Job): string[] {
  // An analysis starts from copies of the models that it analyses.
  const modelId = analysis ? undefined : init?.modelId
  return [
    ...(dataset.upload ? [redisKeys.usersOf(dataset.id)] : []),
    ...(isVersion(modelId) ? [tenantKeys(tenantOf({ tenant })).usersOfModel(modelId)] : []),
  ]
}

function entriesOfAnalysis({ id, status, tenant }: Job, { jobs }: Analysis): IndexEntry[] {
  const of = tenantKeys(tenantOf({ tenant }))
  const byJob = [...new Set(jobs.map(job => of.analysesByJob(job.id)))]
  const keys = [of.allAnalyses, of.analysesByStatus(status), ...byJob]
  return keys.map(key => ({ key, member: id }))
}

function entriesOfJob(job: Job): IndexEntry[] {
  const { id, status, spec, metrics, sweepId, tenant } = job
  const expiry = nextExpiry(job)
  const of = tenantKeys(tenantOf({ tenant }))
  const labels = Object.entries(spec.labels).map(([key, value]) => of.jobsByLabel(key, value))
  const ofSweep = sweepId === undefined ? [] : [of.jobsBySweep(sweepId)]
  const byId = [of.allJobs, of.jobsByStatus(status), ...labels, ...ofSweep]
  const byMetric = (metric: JobMetric) => {
    const value = metrics?.[metric]
    return value === undefined ? [] : [{ key: of.jobsByMetric(metric), member: metricMember(value, id) }]
  }
  return [
    ...byId.map(key => ({ key, member: id })),
    ...byMetric('validationAccuracy'),
    ...byMetric('sparsity'),
    ...(expiry === undefined ? [] : [{ key: redisKeys.expirations, member: id, score: expiry }]),
  ]
}

export function indexChanges(before: Job, after: Job): { left: IndexEntry[]; joined: IndexEntry[] } {
  const [was, is] = [indexEntries(before), indexEntries(after)]
  const without = (entries: IndexEntry[], others: IndexEntry[]) =>
    entries.filter(
      ({ key, member, score }) =>
        !others.some(other => other.key === key && other.member === member && other.score === score),
    )
  return { left: without(was, is), joined: without(is, was) }
}

/** A share has one digit before the decimal point, so texts of a fixed length sort like the numbers. */
function metricMember(share: number, jobId: string): string {
  return `${share.toFixed(DECIMALS)}:${jobId}`
}

/** The id of the job that a member belongs to. */
export function jobIdOf(member: string): string {
  return member.slice(member.indexOf(':') + 1)
}
