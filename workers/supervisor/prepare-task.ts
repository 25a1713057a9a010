import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '#domain/analysis.ts'
import type { Warning } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { epochSeries } from '#interchange/report/metric-series.ts'
import type { ServiceStores } from '#stores/connect.ts'
import type { TaskOrder } from '#workers/runner/runner-protocol.ts'
import { fetchCheckpoint, fetchToFile } from './fetch-checkpoint.ts'
import { fetchUpload } from './fetch-upload.ts'

/**
 * Fetches the files that a runner needs for an attempt at the job; may be repeated. @param places the folder of the attempt, and that of
 * the supervisor
 * @throws errors of the disk or store
 */
export async function prepareTask(
  { blobs, events }: Pick<ServiceStores, 'blobs' | 'events'>,
  job: Job,
  places: { scratch: string; folder: string; datasetsDir: string },
): Promise<{ order: TaskOrder; warnings: Warning[] }> {
  const { scratch, folder, datasetsDir } = places
  const { spec, analysis } = job
  await mkdir(scratch, { recursive: true })
  if (analysis) {
    const checkpoints = await fetchAnalysed(blobs, job.id, analysis, scratch)
    const uploadFile = await fetchUpload(blobs, spec, join(folder, 'datasets'))
    const task = { analysis, spec, checkpoints, scratch, datasetsDir, uploadFile }
    return { order: { type: 'analyse', task }, warnings: [] }
  }
  const { warnings, ...start } = await fetchCheckpoint(blobs, job, scratch)
  const uploadFile = await fetchUpload(blobs, spec, join(folder, 'datasets'))
  const series = epochSeries(await events.readEpochs(job))
  return {
    order: { type: 'train', task: { spec, scratch, datasetsDir, uploadFile, series, ...start } },
    warnings,
  }
}

/** The files of the analysed checkpoints, in the order of their jobs. */
async function fetchAnalysed(
  blobs: ServiceStores['blobs'],
  analysisId: string,
  { jobs }: Analysis,
  scratch: string,
): Promise<string[]> {
  const paths: string[] = []
  for (const { checkpoint } of jobs)
    paths.push(await fetchToFile(blobs, analysisId, checkpoint.sha256, scratch))
  return paths
}
