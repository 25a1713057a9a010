import type { Artifact } from '#domain/artifact.ts'
import type { Job } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'
import { reachableExports } from './reachable-exports.ts'
import { reportAnalyses } from './report-analyses.ts'

/**
 * The digests of the files in its namespace that a job or an analysis names. Forgets the exports that can no longer be requested.
 * @param exported its exports, read before the job: then the checkpoint of each is one that the job has or has deleted
 */
export async function namedFiles(
  { exports, analysisIndex }: Pick<Stores, 'exports' | 'analysisIndex'>,
  job: Job,
  exported: ReadonlyMap<string, Artifact>,
): Promise<ReadonlySet<string>> {
  const reachable = reachableExports(job, exported, await reportAnalyses({ analysisIndex }, job))
  const unreachable = [...exported.keys()].filter(key => !reachable.has(key))
  await exports.forget(job, unreachable)
  const made = [...reachable.values()].map(({ artifact }) => artifact)
  const { artifacts, checkpoints, spec, analysis } = job
  const analysed = analysis?.jobs.map(({ checkpoint }) => checkpoint) ?? []
  const copied = [spec.init, analysis?.source].filter(file => file !== undefined)
  const named = [...artifacts, ...checkpoints, ...analysed, ...made, ...copied]
  return new Set(named.map(({ sha256 }) => sha256))
}
