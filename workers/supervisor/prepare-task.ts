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
 * Gathers what a runner needs for an attempt at the job; doing so again changes nothing.
 * @param places the attempt's own folder, and that of the supervisor
 * @throws what a disk or a store says that cannot give or take a file
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
