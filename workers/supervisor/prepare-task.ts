import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '#domain/analysis.ts'
import type { Warning } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { epochSeries } from '#interchange/report/metric-series.ts'
import type { ServiceStores } from '#stores/connect.ts'
import type { AnalysisTask, TaskOrder } from '#workers/runner/runner-protocol.ts'
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
    const files = await fetchAnalysed(blobs, job.id, analysis, scratch)
    const { warnings, from: state } = await fetchCheckpoint(blobs, asAnalysis(job), scratch)
    const uploadFile = await fetchUpload(blobs, spec, join(folder, 'datasets'))
    const task = { analysis, spec, ...files, state, scratch, datasetsDir, uploadFile }
    return { order: { type: 'analyse', task }, warnings }
  }
  const { warnings, ...start } = await fetchCheckpoint(blobs, job, scratch)
  const uploadFile = await fetchUpload(blobs, spec, join(folder, 'datasets'))
  const series = epochSeries(await events.readEpochs(job))
  return {
    order: { type: 'train', task: { spec, scratch, datasetsDir, uploadFile, series, ...start } },
    warnings,
  }
}

/** The files of the analysed checkpoints, in the order of their jobs, and that of another analysis, if there is one. */
async function fetchAnalysed(
  blobs: ServiceStores['blobs'],
  analysisId: string,
  { jobs, source }: Analysis,
  scratch: string,
): Promise<Pick<AnalysisTask, 'checkpoints' | 'source'>> {
  const fetch = (sha256: string) => fetchToFile(blobs, analysisId, sha256, scratch)
  const checkpoints: string[] = []
  for (const { checkpoint } of jobs) checkpoints.push(await fetch(checkpoint.sha256))
  return { checkpoints, ...(source && { source: await fetch(source.sha256) }) }
}

/** The saved states of an analysis are found like checkpoints, but how the analysed job chooses its model does not matter. */
function asAnalysis({ id, checkpoints, spec }: Job): Pick<Job, 'id' | 'checkpoints' | 'spec'> {
  const { init: _, earlyStopping: __, ...others } = spec
  return { id, checkpoints, spec: others }
}
