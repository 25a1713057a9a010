import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { EpochMetrics } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type Provenance } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import type { Engine } from '#workers/engine/engine.ts'
import type { Start } from '#workers/training/checkpoint.ts'
import { train } from '#workers/training/loop.ts'
import { patientWriter, writeWhole } from './patient-writer.ts'
import type { RunnerNews, TrainingTask } from './runner-protocol.ts'
import { warnOfDeadLayers } from './warn-of-dead-layers.ts'
import { writeArtifacts } from './write-artifacts.ts'

type Tell = (news: RunnerNews) => Promise<void>

/**
 * Trains, from a checkpoint if the task has one, and leaves checkpoints and artifacts in the scratch folder, telling
 * everything as it happens. @throws as `train` does
 */
export async function runTask(
  { spec, scratch, from, init, series: before, ...places }: TrainingTask,
  engine: Engine,
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  const provenance = { training: trainingText(spec), engine: describeEngine(engine) }
  const start = from === undefined ? undefined : await openCheckpoint(from, provenance, tell)
  const series = before.filter(({ epoch }) => epoch <= (start?.epoch ?? 0))
  const leave = checkpointWriter(spec, scratch, provenance, tell, signal)
  let checkpoint = start
  const initial = init === undefined ? undefined : await openInit(init, spec)
  for await (const news of train(spec, await loadSplits(spec, places), signal, start ?? initial)) {
    switch (news.type) {
      case 'progress':
        await tell(news)
        break
      case 'checkpoint':
        checkpoint = news.checkpoint
        await leave(checkpoint)
        break
      case 'epoch':
        await tellEpoch(news.metrics, series.at(-1), tell)
        series.push(news.metrics)
    }
  }
  const writePatiently = patientWriter(tell, signal)
  for (const name of await writeArtifacts({ spec, series, checkpoint }, scratch, writePatiently))
    await tell({ type: 'artifact', name })
  await tell({ type: 'done', peakMemoryBytes: process.resourceUsage().maxRSS * 1024 })
}

async function tellEpoch(metrics: EpochMetrics, before: EpochMetrics | undefined, tell: Tell): Promise<void> {
  await tell({ type: 'epoch', metrics })
  for (const warning of warnOfDeadLayers(metrics, before)) await tell({ type: 'warning', warning })
}

/** Equal for two runs only if they can be expected to compute the same bits. */
function describeEngine({ name, version, device, threads }: Engine): string {
  return JSON.stringify({ name, version, device, threads, processor: cpus()[0]?.model ?? 'unknown' })
}

/** @throws FormatError when it is no checkpoint of this training */
async function openCheckpoint(
  path: string,
  { training, engine }: Provenance,
  tell: Tell,
): Promise<Checkpoint> {
  const { checkpoint, provenance } = decodeCheckpoint(await readFile(path), training)
  const { engine: before } = provenance
  if (before !== engine) {
    const message = `The checkpoint was made by ${before}, this is ${engine}: the result will not be the same bits.`
    await tell({ type: 'warning', warning: { code: 'other_engine', path: 'checkpoint', message } })
  }
  return checkpoint
}

/** Another job's model, with its optimizer's state where that is wanted. */
async function openInit(path: string, { init }: TrainingSpec): Promise<Start> {
  const { checkpoint, provenance } = decodeCheckpoint(await readFile(path))
  if (init!.modelId !== undefined) return startFromModel(checkpoint, init!.optimizerState)
  if (init!.optimizerState) return { state: checkpoint.state }
  const { weights, statistics } = modelFromCheckpoint(JSON.parse(provenance.training), checkpoint)
  const variables = { params: weights, ...(statistics.length > 0 && { statistics }) }
  return { state: { variables } }
}

/** An uploaded model has weights, and may have an optimizer's state, from which the weights follow. */
function startFromModel({ state }: Checkpoint, optimizerState: boolean): Start {
  const { params, accumulator, ...statistics } = state.variables
  if (optimizerState) return { state: { ...state, variables: { accumulator: accumulator!, ...statistics } } }
  return { state: { variables: { params: params!, ...statistics } } }
}

function checkpointWriter(
  { epochs }: TrainingSpec,
  scratch: string,
  provenance: Provenance,
  tell: Tell,
  signal: AbortSignal,
) {
  const writePatiently = patientWriter(tell, signal)
  let isFailing = false
  return async (checkpoint: Checkpoint): Promise<void> => {
    const { epoch, state } = checkpoint
    const { step } = state.clock
    const name = `checkpoint-${step}.safetensors`
    const path = join(scratch, name)
    const bytes = encodeCheckpoint(checkpoint, provenance)
    try {
      // The last one holds the result; after any other the training can go on without.
      await (epoch === epochs ? writePatiently(path, bytes) : writeWhole(path, bytes))
    } catch (error) {
      if (epoch === epochs) throw error
      const message = `${name} could not be written: ${(error as Error).message}. The training goes on.`
      if (!isFailing)
        await tell({ type: 'warning', warning: { code: 'checkpoint_lost', path: name, message } })
      isFailing = true
      return
    }
    isFailing = false
    await tell({ type: 'checkpoint', name, epoch, step })
  }
}
