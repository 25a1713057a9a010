import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ARTIFACT_FILES, type ArtifactName } from '#domain/artifact.ts'
import type { EpochMetrics } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { type Decision, warn } from '#domain/job-decisions.ts'
import { totalEpochs } from '#domain/phases.ts'
import type { Stores } from '#stores/connect.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'

/** The reports that are stored; `done` and `failed` end a task instead. */
export type RecordedReport = Exclude<RunnerReport, { type: 'done' | 'failed' }>

/**
 * Stores a runner's report: publishes progress, and puts checkpoints and artifacts into the blob store.
 * @returns the events for the job's history. Appending them twice has no effect, so an append may be repeated if it is unknown whether the
 * first one arrived.
 */
export async function recordReport(
  { events, blobs }: Pick<Stores, 'events' | 'blobs'>,
  { id, attempt, spec }: Pick<Job, 'id' | 'attempt' | 'spec'>,
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
      const { epoch, step, phase, isBest } = report
      const improved = isBest ? ({ improved: true } as const) : {}
      const path = join(scratch, report.name)
      const stored = await blobs.put(id, createReadStream(path))
      await rm(path)
      return ({ checkpoints, metrics }) =>
        checkpoints.some(known => known.step === step)
          ? []
          : [
              {
                type: 'checkpointed',
                attempt,
                data: {
                  epoch,
                  step,
                  ...(phase && { phase }),
                  ...measured(metrics, step),
                  ...improved,
                  ...stored,
                },
              },
            ]
    }
    case 'artifact': {
      const stored = await storeArtifact(blobs, id, report.name, scratch)
      const artifact = { ...stored, ...(report.epoch < totalEpochs(spec) && { epoch: report.epoch }) }
      return ({ artifacts }) =>
        artifacts.some(known => isDeepStrictEqual(known, artifact))
          ? []
          : [{ type: 'artifact', attempt, data: artifact }]
    }
  }
}

/** The validation metrics of the model at a step; none in the middle of an epoch. */
function measured(metrics: EpochMetrics | undefined, step: number) {
  if (metrics?.step !== step) return {}
  const { validationAccuracy, validationLoss } = metrics
  return { ...(validationAccuracy !== undefined && { validationAccuracy }), validationLoss }
}

async function storeArtifact(blobs: Stores['blobs'], jobId: string, name: ArtifactName, scratch: string) {
  const stored = await blobs.put(jobId, createReadStream(join(scratch, name)))
  const { mediaType, description } = ARTIFACT_FILES[name]
  return { name, mediaType, description, ...stored }
}
