import type { Preset } from '#domain/presets/preset.ts'

/** The multilayer perceptron of the original's README figure: 784-512 ReLU-10, 407,050 parameters. */
export const mnistMlp: Preset = {
  description: 'MNIST multilayer perceptron 784-512-10 of the original README figure',
  topology: {
    inputShape: [28, 28, 1],
    layers: [
      { type: 'flatten', name: 'flatten' },
      dense('dense_1', 512, 'relu'),
      dense('dense_2', 10, 'linear'),
    ],
  },
  defaults: {
    dataset: { id: 'mnist' },
    optimizer: { name: 'grda', learningRate: 0.005, c: 0.02, mu: 0.7, exclude: [], clock: 'steps' },
    batchSize: 128,
    epochs: 100,
  },
}

function dense(name: string, units: number, activation: 'relu' | 'linear') {
  return {
    type: 'dense',
    name,
    units,
    activation,
    kernelInitializer: 'glorotUniform',
    biasInitializer: 'zeros',
  } as const
}
