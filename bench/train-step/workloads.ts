import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Augmentation } from '#domain/augmentation.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import { resolveNetwork } from '#network/network.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import type { Topology } from '#network/topology.ts'
import { variablesOf } from '#network/variables.ts'
import type { GrdaSpec } from '#optimization/optimizer-spec.ts'
import { PRESETS } from '#presets/preset-defaults.ts'
import { drawVariables } from '#workers/training/weights.ts'

/** Steps of a preset at a batch size. */
export interface Workload {
  preset: PresetName
  batchSize: number
  /** Small enough to compare the first losses: with the preset's learning rate, training on random batches diverges. */
  learningRate: number
  /** Steps in a round. */
  steps: number
}

export const WORKLOADS: readonly Workload[] = [
  { preset: 'mnist-mlp', batchSize: 128, learningRate: 0.01, steps: 100 },
  { preset: 'mnist-lenet', batchSize: 64, learningRate: 0.01, steps: 24 },
  { preset: 'cifar10-cnn', batchSize: 10, learningRate: 0.01, steps: 16 },
  { preset: 'cifar10-cnn', batchSize: 64, learningRate: 0.01, steps: 5 },
  { preset: 'vgg16', batchSize: 32, learningRate: 0.001, steps: 3 },
  { preset: 'resnet50', batchSize: 8, learningRate: 0.001, steps: 3 },
]

/** The content of `workload.json`, which every peer reads. */
export interface WorkloadFile {
  topology: Topology
  optimizer: GrdaSpec
  batchSize: number
  batches: number
  threads: number
  mean: number[]
  std: number[]
  /** The preset's augmentation. */
  augmentation: readonly Augmentation[]
}

const BATCHES = 8

export function titleOf({ preset, batchSize }: Workload): string {
  return `${preset} b${batchSize}`
}

export function augmentationOf({ preset }: Workload): readonly Augmentation[] {
  return PRESETS[preset].defaults.augmentation ?? []
}

export function parameterCount({ preset }: Workload): number {
  return variablesOf(PRESET_TOPOLOGIES[preset]).reduce((sum, { size }) => sum + size, 0)
}

export function usesDropout({ preset }: Workload): boolean {
  return PRESET_TOPOLOGIES[preset].layers.some(({ type }) => type === 'dropout')
}

/** Writes the inputs of all peers to the folder: initial weights and random batches. */
export async function writeWorkload(workload: Workload, folder: string, dropout: boolean): Promise<void> {
  const { preset, batchSize, learningRate } = workload
  const { defaults } = PRESETS[preset]
  const topology = PRESET_TOPOLOGIES[preset]
  const layers = topology.layers.map(layer =>
    layer.type === 'dropout' && !dropout ? { ...layer, rate: 0 } : layer,
  )
  const channels = topology.inputShape.at(-1)!
  const { mean, std } = defaults.dataset.normalize ?? {
    mean: Array(channels).fill(0),
    std: Array(channels).fill(1),
  }
  const file: WorkloadFile = {
    topology: { ...topology, layers },
    optimizer: { name: 'grda', learningRate, c: 0.001, mu: 0.6, exclude: [], clock: 'steps' },
    batchSize,
    batches: BATCHES,
    threads: availableParallelism(),
    mean,
    std,
    augmentation: augmentationOf(workload),
  }
  const random = randomStream(1, 'bench', preset)
  const count = BATCHES * batchSize
  const images = Uint8Array.from({ length: count * elementCount(topology.inputShape) }, () =>
    random.below(256),
  )
  const labels = Int32Array.from({ length: count }, () => random.below(10))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'workload.json'), JSON.stringify(file))
  await writeFile(join(folder, 'images.u8'), images)
  await writeFile(join(folder, 'labels.i32'), labels)
  const tensors = Object.values(drawVariables(resolveNetwork(topology), 1)).flat()
  await writeFile(join(folder, 'weights.safetensors'), encodeSafetensors(tensors))
}
