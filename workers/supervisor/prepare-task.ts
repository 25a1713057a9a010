import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Warning } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { epochSeries } from '#interchange/report/metric-series.ts'
import type { Stores } from '#stores/connect.ts'
import type { TrainingTask } from '#workers/runner/runner-protocol.ts'
import { fetchCheckpoint } from './fetch-checkpoint.ts'
import { fetchUpload } from './fetch-upload.ts'

/**
 * Fetches the files that a runner needs for an attempt at the job; may be repeated. @param places the folder of the attempt, and that of
 * the supervisor
 * @throws errors of the disk or store
 */
export async function prepareTask(
  { blobs, events }: Pick<Stores, 'blobs' | 'events'>,
  job: Job,
  places: { scratch: string; folder: string; datasetsDir: string },
): Promise<{ task: TrainingTask; warnings: Warning[] }> {
  const { scratch, folder, datasetsDir } = places
  await mkdir(scratch, { recursive: true })
  const { warnings, ...start } = await fetchCheckpoint(blobs, job, scratch)
  const uploadFile = await fetchUpload(blobs, job.spec, join(folder, 'datasets'))
  const series = epochSeries(await events.readAll(job))
  return { task: { spec: job.spec, scratch, datasetsDir, uploadFile, series, ...start }, warnings }
}
