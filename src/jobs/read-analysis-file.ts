import { type AnalysisResult, kindOf } from '#analyses/analysis-request.ts'
import type { Artifact } from '#domain/artifact.ts'
import { AppError } from '#domain/error.ts'
import { isTerminal, type Job } from '#domain/job.ts'
import { withLatency } from '#optimization/tradeoff.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'

/** The files of an analysis: none until it has succeeded, because a restart makes them again. */
export function filesOf({ status, artifacts }: Job): readonly Artifact[] {
  return status === 'succeeded' ? artifacts : []
}

/** @throws AppError `not_found`, `artifact_not_ready` */
export async function findAnalysisFile(
  { analyses }: Pick<Stores, 'analyses'>,
  analysisId: string,
  name: string,
): Promise<Artifact> {
  const analysis = await analyses.require(analysisId)
  const files = filesOf(analysis)
  const found = files.find(file => file.name === name)
  if (found) return found
  const { status } = analysis
  if (!isTerminal(status))
    throw new AppError(
      'artifact_not_ready',
      `The analysis is ${status}; its files exist once it has succeeded.`,
    )
  const names = files.map(file => file.name).join(', ') || 'none'
  throw new AppError('not_found', `The analysis has no artifact "${name}"; its artifacts are: ${names}.`)
}

/** The result of an analysis that has succeeded. */
export async function readResult(
  { blobs }: Pick<Stores, 'blobs'>,
  analysis: Job,
): Promise<AnalysisResult | undefined> {
  const { result } = kindOf(analysis.analysis!.kind)
  const file = filesOf(analysis).find(({ name }) => name === result.name)
  if (!file) return undefined
  return withLatency(JSON.parse((await readBlob(blobs, analysis.id, file.sha256)).toString()), analysis)
}
