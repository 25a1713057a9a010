import { kindOf } from '#analyses/analysis-request.ts'
import { REPORTED_KINDS, type ReportedKind, type ReportedResults } from '#analyses/reported-results.ts'
import type { Artifact } from '#domain/artifact.ts'
import { type CheckpointRecord, findCheckpoint } from '#domain/checkpoint.ts'
import type { Job } from '#domain/job.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'

/** An analysis that the report of a job shows. */
interface ReportedAnalysis {
  analysisId: string
  /** Its result; the digest is part of the key of the report. */
  file: Artifact
}

/** The analyses that the report of a job shows, at most one of each kind. */
export type ReportAnalyses = Partial<Record<ReportedKind, ReportedAnalysis>>

const PAGE = 20

/** The newest successful analyses of the job's model, one of each kind that reports show. */
export async function reportAnalyses(
  { analysisIndex }: Pick<Stores, 'analysisIndex'>,
  job: Job,
): Promise<ReportAnalyses> {
  const found: ReportAnalyses = {}
  const model = findCheckpoint(job)
  if (!model) return found
  for (let after: string | undefined; ; ) {
    const query = { jobId: job.id, statuses: ['succeeded'] as const, after, limit: PAGE }
    const { jobs: analyses, nextAfter } = await analysisIndex.list(query)
    for (const analysis of analyses) {
      const kind = REPORTED_KINDS.find(known => known === analysis.analysis?.kind)
      if (!kind || found[kind]) continue
      const file = analysis.artifacts?.find(({ name }) => name === kindOf(kind).result.name)
      if (file && isOf(analysis, job, model, kind)) found[kind] = { analysisId: analysis.id, file }
    }
    if (nextAfter === null || REPORTED_KINDS.every(kind => found[kind])) return found
    after = nextAfter
  }
}

/** An evaluation is about its first job; the other kinds are about each of their jobs. */
function isOf({ analysis }: Job, { id }: Job, { sha256 }: CheckpointRecord, kind: ReportedKind): boolean {
  const jobs = kind === 'evaluation' ? analysis!.jobs.slice(0, 1) : analysis!.jobs
  return jobs.some(job => job.id === id && job.checkpoint.sha256 === sha256)
}

export async function readReported(
  { blobs }: Pick<Stores, 'blobs'>,
  analyses: ReportAnalyses,
): Promise<ReportedResults> {
  const results = Object.entries(analyses).map(async ([kind, { analysisId, file }]) => [
    kind,
    JSON.parse((await readBlob(blobs, analysisId, file.sha256)).toString()),
  ])
  return Object.fromEntries(await Promise.all(results))
}
