import type { Children } from '#children/open-children.ts'
import type { Artifact } from '#domain/artifact.ts'
import { AppError } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import { totalEpochs } from '#domain/phases.ts'
import { NothingToEncode } from '#interchange/nothing-to-encode.ts'
import { epochSeries } from '#interchange/report/metric-series.ts'
import { checkpointSource } from '#stores/blobs/checkpoint-source.ts'
import type { Stores } from '#stores/connect.ts'
import { describeFile } from './describe-file.ts'
import { loadCut } from './find-cut.ts'
import { measureRounding } from './measure-rounding.ts'
import { type ExportRequest, exportKey } from './reachable-exports.ts'
import { readReported } from './report-analyses.ts'

/**
 * Creates an artifact from a checkpoint and the metrics of a job, and stores it.
 * @throws AppError `not_found` when the job cannot have this artifact
 */
export async function exportArtifact(
  stores: Pick<Stores, 'exports' | 'events' | 'blobs' | 'owner'> & Pick<Children, 'exporter' | 'measurer'>,
  job: Job,
  request: ExportRequest,
): Promise<Artifact> {
  const { exports, events, blobs, exporter, owner } = stores
  const { name, variant, checkpoint, cut } = request
  const last = checkpoint?.epoch ?? Number.POSITIVE_INFINITY
  const series = epochSeries(await events.readEpochs(job)).filter(({ epoch }) => epoch <= last)
  const task = {
    name,
    variant,
    spec: job.spec,
    series,
    analyses: request.analyses && (await readReported({ blobs }, request.analyses)),
    cut: cut && (await loadCut({ blobs }, cut)),
    tradeoff: request.tradeoff?.tradeoff,
    latency: job.latency,
  }
  const source = checkpoint && checkpointSource(blobs, job.id, checkpoint)
  const { bytes, rounding, structure } = await exporter.encode(task, source, owner.tenant).catch(error => {
    if (!(error instanceof NothingToEncode)) throw error
    throw new AppError('not_found', `The job has no ${name}. ${error.message}`)
  })
  const isMeasured = checkpoint && variant.dtype === 'int8'
  const scores = isMeasured && (await measureRounding(stores, job, checkpoint, task))
  const artifact: Artifact = {
    name,
    ...describeFile(name, variant),
    ...(await blobs.put(job.id, [bytes])),
    ...(Object.keys(variant).length > 0 && { variant }),
    ...(checkpoint && checkpoint.epoch < totalEpochs(job.spec) && { epoch: checkpoint.epoch }),
    ...(cut && { cut: cut.point }),
    ...(structure && { structure }),
    ...(rounding && { rounding: { ...rounding, ...scores } }),
  }
  if (await exports.record(job, exportKey(request), artifact)) return artifact
  await blobs.deleteAll(job.id)
  throw new AppError('not_found', `${job.id} was deleted while the file was being made.`)
}
