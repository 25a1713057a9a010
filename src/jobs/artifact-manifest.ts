import { z } from 'zod'
import { ARTIFACT_NAMES, Artifact, type ArtifactName, artifactFile } from '#domain/artifact.ts'
import { findCheckpoint } from '#domain/checkpoint.ts'
import { hasStopped, type Job } from '#domain/job.ts'
import { lastOptimizer } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import { whyMissing } from '#interchange/missing-artifact.ts'
import type { Stores } from '#stores/connect.ts'
import { defaultCheckpoint, exportKey, reachableExports } from './reachable-exports.ts'
import { type ReportAnalyses, reportAnalyses } from './report-analyses.ts'
import { requireKept } from './require-kept.ts'

/** A file that a job has, or that is created on its first request. */
export const ManifestEntry = Artifact.partial({ sizeBytes: true, sha256: true })
  .extend({
    made: z
      .boolean()
      .describe(
        'Whether the file exists. Otherwise it is created on its first request, and has a size and a digest from then on.',
      ),
    checkpoint: z
      .int()
      .optional()
      .describe(
        'The value of the query parameter `checkpoint` that selects it; absent for the checkpoint of the model.',
      ),
    variants: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .describe('Query parameters that select a variant of the file, with their values.'),
  })
  .meta({ id: 'ManifestEntry' })
export type ManifestEntry = z.infer<typeof ManifestEntry>

/** Every file that the job can have, each followed by its existing variants. @throws AppError `artifact_expired` */
export async function artifactManifest(
  stores: Pick<Stores, 'exports' | 'analysisIndex'>,
  job: Job,
): Promise<ManifestEntry[]> {
  requireKept(job, 'artifacts')
  const analyses = hasStopped(job.status) ? await reportAnalyses(stores, job) : {}
  const exports = hasStopped(job.status)
    ? reachableExports(job, await stores.exports.list(job.id), analyses)
    : new Map()
  return ARTIFACT_NAMES.filter(name => canHave(job, name)).flatMap(name => {
    const usualCheckpoint = defaultCheckpoint(job, name)
    const shown = name === 'report.html' ? analyses : {}
    const usualKey = exportKey({ name, variant: {}, checkpoint: usualCheckpoint, analyses: shown })
    const usual = job.artifacts.find(artifact => artifact.name === name) ?? exports.get(usualKey)?.artifact
    const { mediaType, description } = artifactFile(name)
    const others = distinct(exports).filter(
      ([key, { artifact }]) => artifact.name === name && key !== usualKey,
    )
    return [
      { ...(usual ?? { name, mediaType, description }), made: usual !== undefined, ...variantsOf(name) },
      ...others.map(([, { artifact, checkpoint }]) => ({
        ...artifact,
        made: true,
        // A report without the analyses that the usual one shows is selected by its checkpoint.
        ...(checkpoint &&
          (hasAny(shown) || checkpoint !== usualCheckpoint) && { checkpoint: checkpoint.epoch }),
      })),
    ]
  })
}

/** An unfinished job without a checkpoint may still get a model. */
function canHave(job: Job, name: ArtifactName): boolean {
  if (job.artifacts.some(artifact => artifact.name === name)) return true
  const { word, isMeasured } = artifactFile(name)
  if (isMeasured) return false
  const isModel = word !== undefined
  if (isModel && hasStopped(job.status) && !findCheckpoint(job)) return false
  return whyMissing(name, topologyOf(job.spec.model), lastOptimizer(job.spec)) === undefined
}

function variantsOf(name: ArtifactName): Pick<ManifestEntry, 'variants'> {
  const { variants } = artifactFile(name)
  return variants ? { variants: variants as Record<string, string[]> } : {}
}

function hasAny(analyses: ReportAnalyses): boolean {
  return Object.keys(analyses).length > 0
}

/** Trade-offs that measured the same cut have led to the same file. */
function distinct<Entry extends { artifact: Artifact }>(
  exports: ReadonlyMap<string, Entry>,
): [string, Entry][] {
  const byText = new Map([...exports].map(entry => [JSON.stringify(entry[1]), entry]))
  return [...byText.values()]
}
