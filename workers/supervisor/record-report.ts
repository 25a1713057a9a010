import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ARTIFACT_FILES, type ArtifactName } from '#domain/artifact.ts'
import type { EpochMetrics } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { type Decision, warn } from '#domain/job-decisions.ts'
import type { Stores } from '#stores/connect.ts'
import type { RunnerNews } from '#workers/runner/runner-protocol.ts'

/** News that leaves something behind; `done` and `failed` end a task instead. */
export type RecordedNews = Exclude<RunnerNews, { type: 'done' | 'failed' }>

/**
 * Takes a runner's news into the stores: progress to whoever watches, artifacts to the blob store.
 * @returns what the job's history should say of it; the same again adds nothing, so that an append may be repeated when
 * nobody knows whether it arrived
 */
export async function recordNews(
  { events, blobs }: Pick<Stores, 'events' | 'blobs'>,
  { id, attempt }: Pick<Job, 'id' | 'attempt'>,
  news: RecordedNews,
  scratch: string,
): Promise<Decision | undefined> {
  switch (news.type) {
    case 'progress':
      // Nobody waits for it: the next frame is a moment away.
      events.publishProgress({ ...news, jobId: id, attempt }).catch(() => {})
      return undefined
    case 'epoch':
      return ({ metrics }) =>
        isDeepStrictEqual(metrics, news.metrics) ? [] : [{ type: 'epoch', attempt, data: news.metrics }]
    case 'warning':
      return warn(news.warning)
    case 'checkpoint': {
      const { epoch, step } = news
      const path = join(scratch, news.name)
      const stored = await blobs.put(id, createReadStream(path))
      await rm(path)
      return ({ checkpoints, metrics }) =>
        checkpoints.some(known => known.step === step)
          ? []
          : [{ type: 'checkpointed', attempt, data: { epoch, step, ...measured(metrics, step), ...stored } }]
    }
    case 'artifact': {
      const artifact = await storeArtifact(blobs, id, news.name, scratch)
      return ({ artifacts }) =>
        artifacts.some(known => isDeepStrictEqual(known, artifact))
          ? []
          : [{ type: 'artifact', attempt, data: artifact }]
    }
  }
}

/** What is known of the model at a step: nothing in the middle of an epoch. */
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
