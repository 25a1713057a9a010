import { readFile } from 'node:fs/promises'
import { Zstd } from '@hpcc-js/wasm-zstd'
import * as tf from '@tensorflow/tfjs-core'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { preprocessingOf } from '#formats/preprocessing.ts'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import { resolveNetwork } from '#network/network.ts'
import type { Topology } from '#network/topology.ts'
import { layoutFromSpec, normaliser, uploadBatch } from '#workers/data/batch-tensors.ts'
import { type Batch, batches } from '#workers/data/batches.ts'
import type { Examples, Split } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import type { EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import { evaluate } from '#workers/training/means.ts'
import { evaluationRoutine, type Outcome } from '#workers/training/step.ts'
import { toTensors } from '#workers/training/weights.ts'

const BATCH = 1000

export interface Evaluation {
  accuracy: number
  parameters: number
  nonzero: number
}

// Runs in a separate process without access to the service. Arguments: FILE ENGINE; sends an Evaluation over IPC.
const [file, engine] = process.argv.slice(2) as [string, EngineName]
await openEngine(engine)
const zstd = await Zstd.load()
process.send!(await evaluateFile(zstd.decompress(await readFile(file))))
process.disconnect()

/** Evaluates the checkpoint on the test digits, using only the bytes of its file. */
async function evaluateFile(bytes: Uint8Array): Promise<Evaluation> {
  const { tensors, metadata } = decodeSparseSafetensors(bytes)
  const topology: Topology = JSON.parse(metadata.topology!)
  const training: TrainingSpec = JSON.parse(metadata.training!)
  const params = toTensors(tensors as FloatTensor[])
  const layout = layoutFromSpec(training)
  const measure = evaluationRoutine({
    model: modelFromNetwork(resolveNetwork(topology)),
    objective: objectiveFor(training.loss),
    normalise: normaliser(preprocessingOf(training.dataset), layout),
  })
  const { validation } = await loadSplits({ ...training, validation: { split: 'test' } })
  const digits = (async function* () {
    yield* batches(validation as Split<Examples>, BATCH)
  })()
  const measureBatch = (batch: Batch) =>
    tf.tidy(() => measure({ params }, uploadBatch(batch, layout)).outputs) as Outcome
  const { metrics } = await evaluate(measureBatch, digits)
  const parameters = tensors.reduce((sum, { data }) => sum + data.length, 0)
  const nonzero = tensors.reduce((sum, { data }) => sum + countNonzero(data as Float32Array), 0)
  return { accuracy: metrics.correct!, parameters, nonzero }
}

function countNonzero(values: Float32Array): number {
  let count = 0
  for (const value of values) if (value !== 0) count++
  return count
}
