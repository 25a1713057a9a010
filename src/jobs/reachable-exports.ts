import { REPORTED_KINDS } from '#analyses/reported-results.ts'
import { type Artifact, type ArtifactName, type ArtifactVariant, artifactFile } from '#domain/artifact.ts'
import { type CheckpointRecord, findCheckpoint, lastCheckpoint } from '#domain/checkpoint.ts'
import type { Job } from '#domain/job.ts'
import { cutKey, type FoundCut } from './find-cut.ts'
import type { FoundTradeoff } from './find-tradeoff.ts'
import type { ReportAnalyses } from './report-analyses.ts'

/** A variant of a file of a job at one checkpoint; without a checkpoint if no epoch was completed. */
export interface ExportRequest {
  name: ArtifactName
  variant: ArtifactVariant
  checkpoint: CheckpointRecord | undefined
  /** Of a report that shows any. */
  analyses?: ReportAnalyses | undefined
  /** Absent for the trained model without a cut. */
  cut?: FoundCut | undefined
  /** Of a report that shows one. */
  tradeoff?: FoundTradeoff | undefined
}

/** The checkpoint of a request that names none: of a model file that of the job's model, of metrics and reports the last one. */
export function defaultCheckpoint(
  job: Pick<Job, 'checkpoints' | 'spec'>,
  name: ArtifactName,
): CheckpointRecord | undefined {
  return artifactFile(name).word === undefined ? lastCheckpoint(job) : findCheckpoint(job)
}

/** Equal for two requests if and only if they request the same file. */
export function exportKey({
  name,
  variant,
  checkpoint,
  cut,
  analyses = {},
  tradeoff,
}: ExportRequest): string {
  const query = new URLSearchParams({
    ...(variant as Record<string, string>),
    ...(cut && cutKey(cut)),
    ...(tradeoff && { tradeoff: tradeoff.file.sha256 }),
  })
  query.set('step', String(checkpoint?.step ?? 0))
  for (const [kind, { file }] of Object.entries(analyses)) query.set(kind, file.sha256)
  query.sort()
  return `${name}?${query}`
}

/**
 * The exports that a request can still select, each with its checkpoint. A job that continues deletes checkpoints, and a newer analysis
 * replaces the report that shows an older one. None can be selected once the artifacts have expired.
 * @param analyses those that the report of the job shows
 */
export function reachableExports(
  job: Pick<Job, 'checkpoints' | 'spec' | 'expired'>,
  exports: ReadonlyMap<string, Artifact>,
  analyses: ReportAnalyses,
): Map<string, { artifact: Artifact; checkpoint: CheckpointRecord | undefined }> {
  if (job.expired?.artifacts) return new Map()
  const kept = [
    lastCheckpoint(job),
    findCheckpoint(job),
    ...job.checkpoints.map(({ epoch }) => findCheckpoint(job, epoch)),
  ]
  const byStep = new Map(kept.map(checkpoint => [checkpoint?.step ?? 0, checkpoint]))
  return new Map(
    [...exports].flatMap(([key, artifact]) => {
      const query = new URLSearchParams(key.slice(key.indexOf('?') + 1))
      const step = Number(query.get('step'))
      // Of other files, a parameter of the same name selects a variant.
      const shownKinds = artifact.name === 'report.html' ? REPORTED_KINDS : []
      const isCurrent = shownKinds.every(kind => {
        const shown = query.get(kind)
        return shown === null || shown === analyses[kind]?.file.sha256
      })
      return isCurrent && byStep.has(step) ? [[key, { artifact, checkpoint: byStep.get(step) }]] : []
    }),
  )
}
