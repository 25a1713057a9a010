import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import type { EpochMetrics } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, decodeCheckpoint, type Provenance } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import type { Engine } from '#workers/engine/engine.ts'
import type { Start } from '#workers/training/checkpoint.ts'
import { train } from '#workers/training/loop.ts'
import { checkpointWriter } from './checkpoint-writer.ts'
import { retryingWriter } from './retrying-writer.ts'
import type { SendReport, TrainingTask } from './runner-protocol.ts'
import { warnOfDeadLayers } from './warn-of-dead-layers.ts'
import { writeArtifacts } from './write-artifacts.ts'

/**
 * Trains, from a checkpoint if the task has one, writes checkpoints and artifacts to the scratch folder, and reports all events. @throws as
 * `train` does
 */
export async function runTask(
  { spec, scratch, from, init, series: earlierSeries, ...places }: TrainingTask,
  engine: Engine,
  signal: AbortSignal,
  send: SendReport,
): Promise<void> {
  const provenance = { training: trainingText(spec), engine: describeEngine(engine) }
  const start = from === undefined ? undefined : await openCheckpoint(from, provenance, send)
  const series = earlierSeries.filter(({ epoch }) => epoch <= (start?.epoch ?? 0))
  const write = retryingWriter(send, signal)
  const writeCheckpoint = checkpointWriter(spec, { scratch, provenance, send, write })
  let checkpoint = start
  const initial = init === undefined ? undefined : await openInit(init, spec)
  for await (const item of train(spec, await loadSplits(spec, places), signal, start ?? initial)) {
    switch (item.type) {
      case 'progress':
        await send(item)
        break
      case 'checkpoint':
        checkpoint = item.checkpoint
        await writeCheckpoint(checkpoint)
        break
      case 'epoch':
        await sendEpoch(item.metrics, series.at(-1), send)
        series.push(item.metrics)
    }
  }
  for (const name of await writeArtifacts({ spec, series, checkpoint }, scratch, write))
    await send({ type: 'artifact', name })
  await send({ type: 'done', peakMemoryBytes: process.resourceUsage().maxRSS * 1024 })
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

/** The model of another job, with its optimizer's state if the spec requests it. */
async function openInit(path: string, { init }: TrainingSpec): Promise<Start> {
  const { checkpoint, provenance } = decodeCheckpoint(await readFile(path))
  if (init!.modelId !== undefined) return startFromModel(checkpoint, init!.optimizerState)
  if (init!.optimizerState) return { state: checkpoint.state }
  const { weights, statistics } = modelFromCheckpoint(JSON.parse(provenance.training), checkpoint)
  const variables = { params: weights, ...(statistics.length > 0 && { statistics }) }
  return { state: { variables } }
}

/** An uploaded model has weights, and possibly gRDA's state, which determines the weights. */
function startFromModel({ state }: Checkpoint, optimizerState: boolean): Start {
  const { params, accumulator, ...statistics } = state.variables
  if (optimizerState) return { state: { ...state, variables: { accumulator: accumulator!, ...statistics } } }
  return { state: { variables: { params: params!, ...statistics } } }
}
