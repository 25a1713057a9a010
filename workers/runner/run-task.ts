import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { artifactFile } from '#domain/artifact.ts'
import type { EndReason } from '#domain/event.ts'
import { phasesOf } from '#domain/phases.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, decodeCheckpoint, type Provenance } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { modelFromCheckpoint, type TrainedModel } from '#formats/trained-model.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { TimedCuts } from '#optimization/tradeoff.ts'
import { latencyOf } from '#workers/analyses/latency/latency-of.ts'
import type { Splits } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import type { Engine } from '#workers/engine/engine.ts'
import { trainPhases } from '#workers/training/train-phases.ts'
import { checkpointWriter } from './checkpoint-writer.ts'
import { type MeasuringOutput, measureTradeoff } from './measure-tradeoff.ts'
import { openInit } from './open-init.ts'
import { peakMemory } from './peak-memory.ts'
import { retryingWriter } from './retrying-writer.ts'
import type { SendReport, TrainingTask } from './runner-protocol.ts'
import { warnOfDeadLayers } from './warn-of-dead-layers.ts'
import { writeArtifacts } from './write-artifacts.ts'

/**
 * Trains, from a checkpoint if the task has one, writes checkpoints and artifacts to the scratch folder, and reports all events. @throws as
 * `train` does
 */
export async function runTask(
  { spec, scratch, from, best, init, series: earlierSeries, ...places }: TrainingTask,
  engine: Engine,
  signal: AbortSignal,
  send: SendReport,
): Promise<void> {
  const provenance = { training: trainingText(spec), engine: describeEngine(engine) }
  const open = (path: string) => openCheckpoint(path, provenance, send)
  const start = from === undefined ? undefined : await open(from)
  let model = best === undefined || best === from ? start : await open(best)
  let epoch = start?.epoch ?? 0
  const series = earlierSeries.filter(metrics => metrics.epoch <= epoch)
  const write = retryingWriter(send, signal)
  const writeCheckpoint = checkpointWriter({ scratch, provenance, send, write })
  const initial = init === undefined ? undefined : await openInit(init, spec)
  const begin = start ? { ...start, series: [...series] } : initial
  const splits = await loadSplits(spec, places)
  for await (const item of trainPhases(spec, splits, signal, { from: begin, model })) {
    switch (item.type) {
      case 'progress':
        await send(item)
        break
      case 'checkpoint':
        if (item.isModel) model = item.checkpoint
        await writeCheckpoint(item)
        break
      case 'epoch':
        await sendEpoch(item.metrics, series.at(-1), send)
        series.push(item.metrics)
        epoch = item.metrics.epoch
    }
  }
  const modelEpoch = model?.epoch ?? epoch
  for (const name of await writeArtifacts({ spec, series, checkpoint: model }, scratch, write))
    await send({ type: 'artifact', name, epoch: artifactFile(name).word === undefined ? epoch : modelEpoch })
  const output = { scratch, signal, send, write }
  const timed =
    model && (await measure(modelFromCheckpoint(spec, model), modelEpoch, splits, series.at(-1), output))
  await splits.close?.()
  const reason = endReason(spec, model, epoch)
  await send({ type: 'done', reason, modelEpoch, peakMemoryBytes: peakMemory(), ...timed })
}

/** Times the predictions of the model, and measures its trade-off if the spec requests it. @param last the metrics of the last epoch */
async function measure(
  model: TrainedModel,
  modelEpoch: number,
  splits: Splits,
  last: EpochMetrics | undefined,
  output: MeasuringOutput,
): Promise<TimedCuts> {
  if (!model.spec.finish?.tradeoff) {
    const latency = await latencyOf(model)
    return latency ? { latency } : {}
  }
  const { names, timed } = await measureTradeoff(model, splits, last, output)
  for (const name of names) await output.send({ type: 'artifact', name, epoch: modelEpoch })
  return timed
}

/** @param epoch the last epoch */
function endReason(spec: TrainingSpec, model: Checkpoint | undefined, epoch: number): EndReason {
  const [{ epochs }] = phasesOf(spec)
  const trained = model?.phase?.name === 'fineTune' ? model.phase.epochsBefore : epoch
  return trained < epochs ? 'early_stopped' : 'finished'
}

async function sendEpoch(
  metrics: EpochMetrics,
  before: EpochMetrics | undefined,
  send: SendReport,
): Promise<void> {
  await send({ type: 'epoch', metrics })
  for (const warning of warnOfDeadLayers(metrics, before)) await send({ type: 'warning', warning })
}

/** Equal for two runs only if bit-identical results can be expected. */
function describeEngine({ name, version, device, threads }: Engine): string {
  return JSON.stringify({ name, version, device, threads, processor: cpus()[0]?.model ?? 'unknown' })
}

/** @throws FormatError when the file is not a checkpoint of this training */
async function openCheckpoint(
  path: string,
  { training, engine }: Provenance,
  send: SendReport,
): Promise<Checkpoint> {
  const { checkpoint, provenance } = decodeCheckpoint(await readFile(path), training)
  const { engine: before } = provenance
  if (before !== engine) {
    const message = `The checkpoint was made by ${before}, this is ${engine}: the result will not be bit-identical.`
    await send({ type: 'warning', warning: { code: 'other_engine', path: 'checkpoint', message } })
  }
  return checkpoint
}
