import type { SweepRequest } from '@thresher/client'

const EPOCHS = 10
const MLP = { preset: 'mnist-mlp' } as const
const GRDA = { name: 'grda', learningRate: 0.3, c: 0.001, mu: 0.6 } as const

const grid = (
  name: string,
  base: SweepRequest['base'],
  space: SweepRequest['space'],
  maxConcurrent = 4,
): SweepRequest => ({ name, base, search: { method: 'grid' }, space, maxConcurrent })

/** The trainings behind the pictures and tables of docs/guide.md. */
export const SWEEPS = {
  mu: grid(
    'guide: mu',
    { model: MLP, optimizer: GRDA, epochs: EPOCHS },
    { 'optimizer.mu': [0.4, 0.51, 0.6, 0.7, 0.8] },
  ),
  c: grid(
    'guide: c',
    { model: MLP, optimizer: GRDA, epochs: EPOCHS, finish: { tradeoff: true } },
    { 'optimizer.c': [0, 0.0005, 0.001, 0.002, 0.004, 0.008] },
  ),
  target: grid(
    'guide: target',
    { model: MLP, optimizer: { name: 'grda', learningRate: 0.3, mu: 0.6 }, epochs: EPOCHS },
    { 'target.sparsity': [0.9, 0.95, 0.98, 0.99] },
  ),
  learningRate: grid(
    'guide: learning rate',
    { model: MLP, optimizer: { ...GRDA, c: 0.002 }, epochs: EPOCHS },
    { 'optimizer.learningRate': [0.01, 0.03, 0.1, 0.3] },
  ),
  batch: grid(
    'guide: batch 256, learning rate 0.6',
    { model: MLP, optimizer: { ...GRDA, c: 0.002, learningRate: 0.6 }, epochs: EPOCHS, batchSize: 256 },
    { 'optimizer.c': [0.002, 0.001414] },
  ),
  layers: grid(
    'guide: layers',
    {
      model: { preset: 'mnist-lenet' },
      optimizer: { name: 'grda', learningRate: 0.05, c: 0.01, mu: 0.6 },
      schedule: { name: 'constant' },
      epochs: 6,
    },
    { 'optimizer.c': [0.01] },
  ),
  tooMuch: grid(
    'guide: too much',
    { model: MLP, optimizer: GRDA, epochs: 5 },
    {
      optimizer: [
        { ...GRDA, c: 0.05 },
        { ...GRDA, mu: 1 },
        { ...GRDA, c: 0.00001 },
      ],
    },
  ),
} satisfies Record<string, SweepRequest>

export type SweepName = keyof typeof SWEEPS
