import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { kindOf } from '#analyses/analysis-request.ts'
import { ARTIFACT_FILES, type Artifact } from '#domain/artifact.ts'
import { type CheckpointRecord, isSameCheckpoint } from '#domain/checkpoint.ts'
import type { Job } from '#domain/job.ts'
import { type Decision, warn } from '#domain/job-decisions.ts'
import { totalEpochs } from '#domain/phases.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { ServiceStores } from '#stores/connect.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'

/** The reports that are stored; the others end a task. */
export type RecordedReport = Exclude<RunnerReport, { type: 'done' | 'analysed' | 'failed' }>

/**
 * ServiceStores a runner's report: publishes progress, and puts checkpoints and artifacts into the blob store.
 * @returns the events for the job's history. Appending them twice has no effect, so an append may be repeated if it is unknown whether the
 * first one arrived.
 */
export async function recordReport(
  { events, blobs }: Pick<ServiceStores, 'events' | 'blobs'>,
  { id, attempt, spec, analysis }: Pick<Job, 'id' | 'attempt' | 'spec' | 'analysis'>,
  report: RecordedReport,
  scratch: string,
): Promise<Decision | undefined> {
  switch (report.type) {
    case 'progress':
      // Not awaited, because the next frame follows soon.
      events.publishProgress({ ...report, jobId: id, attempt }).catch(() => {})
      return undefined
    case 'epoch':
      return ({ metrics }) =>
        isDeepStrictEqual(metrics, report.metrics) ? [] : [{ type: 'epoch', attempt, data: report.metrics }]
    case 'warning':
      return warn(report.warning)
    case 'checkpoint': {
      const path = join(scratch, report.name)
      const stored = await blobs.put(id, createReadStream(path))
      await rm(path)
      return addCheckpoint(attempt, report, stored)
    }
    case 'artifact': {
      const file = { name: report.name, ...ARTIFACT_FILES[report.name] }
      const stored = await storeFile(blobs, id, file, scratch)
      return addArtifact(attempt, {
        ...stored,
        ...(report.epoch < totalEpochs(spec) && { epoch: report.epoch }),
      })
    }
    case 'advance': {
      const { done, total } = report
      events.publishProgress({ type: 'progress', analysisId: id, attempt, done, total }).catch(() => {})
      return undefined
    }
    case 'file': {
      const file = { name: report.name, ...kindOf(analysis!.kind).files[report.name]! }
      return addArtifact(attempt, await storeFile(blobs, id, file, scratch))
    }
  }
}

function addCheckpoint(
  attempt: number,
  { epoch, step, phase, isBest }: Extract<RecordedReport, { type: 'checkpoint' }>,
  stored: Pick<CheckpointRecord, 'sizeBytes' | 'sha256'>,
): Decision {
  const roles = { ...(phase && { phase }), ...(isBest && ({ improved: true } as const)) }
  return ({ checkpoints, metrics }) => {
    if (checkpoints.some(known => isSameCheckpoint(known, { epoch, step, phase }))) return []
    const data = { epoch, step, ...measured(metrics, step), ...roles, ...stored }
    return [{ type: 'checkpointed', attempt, data }]
  }
}

function addArtifact(attempt: number, artifact: Artifact): Decision {
  return ({ artifacts }) =>
    artifacts.some(known => isDeepStrictEqual(known, artifact))
      ? []
      : [{ type: 'artifact', attempt, data: artifact }]
}

/** The validation metrics of the model at a step; none in the middle of an epoch. */
function measured(metrics: EpochMetrics | undefined, step: number) {
  if (metrics?.step !== step) return {}
  const { validationAccuracy, validationLoss } = metrics
  return { ...(validationAccuracy !== undefined && { validationAccuracy }), validationLoss }
}

async function storeFile(
  blobs: ServiceStores['blobs'],
  jobId: string,
  { name, mediaType, description }: Pick<Artifact, 'name' | 'mediaType' | 'description'>,
  scratch: string,
): Promise<Artifact> {
  const stored = await blobs.put(jobId, createReadStream(join(scratch, name)))
  return { name, mediaType, description, ...stored }
}
