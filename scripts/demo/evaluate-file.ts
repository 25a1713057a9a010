import { readFile } from 'node:fs/promises'
import * as tf from '@tensorflow/tfjs-core'
import type { Topology } from '#domain/model-spec.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import { batchTensors } from '#workers/data/batch-tensors.ts'
import { batches } from '#workers/data/batches.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { type EngineName, openEngine } from '#workers/engine/engine.ts'
import { evaluate } from '#workers/evaluate.ts'
import { modelFromTopology } from '#workers/models/from-topology.ts'

const BATCH = 1000

export interface Evaluation {
  accuracy: number
  parameters: number
  nonzero: number
}

// A process of its own, that knows a sparse checkpoint's path and nothing of the service: FILE ENGINE, answers over IPC.
const [file, engine] = process.argv.slice(2) as [string, EngineName]
await openEngine(engine)
process.send!(await evaluateFile(await readFile(file)))
process.disconnect()

/** What the checkpoint is worth on the digits it has never seen, from nothing but its own bytes. */
async function evaluateFile(bytes: Uint8Array): Promise<Evaluation> {
  const { tensors, metadata } = decodeSparseSafetensors(bytes)
  const topology: Topology = JSON.parse(metadata.topology!)
  const training: TrainingSpec = JSON.parse(metadata.training!)
  const params = Object.fromEntries(
    tensors.map(({ name, shape, data }) => [name, tf.tensor(data as Float32Array, [...shape])]),
  )
  const { validation } = await loadSplits({ ...training, validation: { split: 'test' } })
  const feed = batchTensors(topology.inputShape, training.dataset.normalize)
  const digits = (async function* () {
    yield* batches(validation, BATCH)
  })()
  const { accuracy } = await evaluate(modelFromTopology(topology), params, digits, feed)
  const parameters = tensors.reduce((sum, { data }) => sum + data.length, 0)
  const nonzero = tensors.reduce((sum, { data }) => sum + countNonzero(data as Float32Array), 0)
  return { accuracy, parameters, nonzero }
}

function countNonzero(values: Float32Array): number {
  let count = 0
  for (const value of values) if (value !== 0) count++
  return count
}
