import type { JobRequest } from '@thresher/client'

/** The jobs and the studies of one network: a dense run, and gRDA runs from the same initial weights. */
export interface StudiedNetwork {
  base: Omit<JobRequest, 'optimizer'>
  learningRate: number
  mu: number
  /** Of the gRDA runs, the sparsest last. */
  scales: readonly number[]
  curve: { epochs: number; points?: number; examples?: number }
  plane: { points?: number; examples?: number }
  hessian: { examples?: number; maxProducts?: number }
}

const keptEpochs = {
  checkpoint: { everyEpochs: 1, keepLatest: 100, keepBest: 0, bestBy: 'validationLoss' },
} as const

/** The same network in minutes instead of hours. */
export function shortened(network: StudiedNetwork): StudiedNetwork {
  return {
    ...network,
    base: { ...network.base, epochs: 2 },
    curve: { epochs: 1, points: 5, examples: 100 },
    plane: { points: 5, examples: 100 },
    hessian: { examples: 100, maxProducts: 20 },
  }
}

/** The networks of docs/studies.md. */
export const NETWORKS: Readonly<Record<string, StudiedNetwork>> = {
  'mnist-mlp': {
    base: { name: 'studies: mlp', model: { preset: 'mnist-mlp' }, epochs: 10, ...keptEpochs },
    learningRate: 0.1,
    mu: 0.6,
    scales: [0.006, 0.012],
    curve: { epochs: 5 },
    plane: { points: 21, examples: 5_000 },
    hessian: { examples: 5_000, maxProducts: 120 },
  },
  'mnist-lenet': {
    base: {
      name: 'studies: lenet',
      model: { preset: 'mnist-lenet' },
      schedule: { name: 'constant' },
      epochs: 2,
      ...keptEpochs,
    },
    learningRate: 0.05,
    mu: 0.6,
    scales: [0.01, 0.02],
    curve: { epochs: 1, points: 13, examples: 5_000 },
    plane: { points: 9, examples: 2_000 },
    hessian: { examples: 2_000, maxProducts: 60 },
  },
  'cifar10-cnn': {
    base: {
      name: 'studies: cifar10',
      model: { preset: 'cifar10-cnn' },
      batchSize: 128,
      epochs: 40,
      ...keptEpochs,
    },
    learningRate: 0.1,
    mu: 0.6,
    scales: [0.002, 0.004],
    curve: { epochs: 20 },
    plane: {},
    hessian: {},
  },
}
