import type { EvaluationResult } from '#analyses/evaluation-result.ts'
import type { Artifact } from '#domain/artifact.ts'
import { findCheckpoint } from '#domain/checkpoint.ts'
import type { Job } from '#domain/job.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'

/** The evaluation that the report of a job shows. */
export interface ReportEvaluation {
  analysisId: string
  /** Its result; the digest is part of the key of the report. */
  file: Artifact
}

const PAGE = 20
const RESULT = 'evaluation.json'

/** The newest successful evaluation of the job's model, in which the job is the first one; undefined if there is none. */
export async function reportEvaluation(
  { analysisIndex }: Pick<Stores, 'analysisIndex'>,
  job: Job,
): Promise<ReportEvaluation | undefined> {
  const model = findCheckpoint(job)
  if (!model) return undefined
  for (let after: string | undefined; ; ) {
    const query = { jobId: job.id, kind: 'evaluation', statuses: ['succeeded'] as const, after, limit: PAGE }
    const { jobs: analyses, nextAfter } = await analysisIndex.list(query)
    for (const { id, analysis, artifacts } of analyses) {
      const [first] = analysis?.jobs ?? []
      const file = artifacts?.find(({ name }) => name === RESULT)
      if (file && first?.id === job.id && first.checkpoint.sha256 === model.sha256)
        return { analysisId: id, file }
    }
    if (nextAfter === null) return undefined
    after = nextAfter
  }
}

export async function readEvaluation(
  { blobs }: Pick<Stores, 'blobs'>,
  { analysisId, file }: ReportEvaluation,
): Promise<EvaluationResult> {
  return JSON.parse((await readBlob(blobs, analysisId, file.sha256)).toString())
}
