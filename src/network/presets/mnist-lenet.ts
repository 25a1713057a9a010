import type { Preset } from '#domain/presets/preset.ts'

const pytorchDefault = { kernelInitializer: 'fanInUniform', biasInitializer: 'fanInUniform' } as const

/** The LeNet of the original's PyTorch MNIST example, initialised as PyTorch does: 431,080 parameters. */
export const mnistLenet: Preset = {
  description: 'MNIST LeNet of the original PyTorch example',
  topology: {
    inputShape: [28, 28, 1],
    layers: [
      convolution('conv1', 20),
      { type: 'maxPooling2d', name: 'pool1', poolSize: 2 },
      convolution('conv2', 50),
      { type: 'maxPooling2d', name: 'pool2', poolSize: 2 },
      { type: 'flatten', name: 'flatten' },
      { type: 'dense', name: 'fc1', units: 500, activation: 'relu', ...pytorchDefault },
      { type: 'dense', name: 'fc2', units: 10, activation: 'linear', ...pytorchDefault },
    ],
  },
  defaults: {
    dataset: { id: 'mnist', normalize: { mean: [0.1307], std: [0.3081] } },
    optimizer: { name: 'grda', learningRate: 0.01, c: 0.1, mu: 0.5, exclude: [], clock: 'steps' },
    schedule: { name: 'multiStep', at: [3, 6, 9], factor: 0.1, per: 'epoch' },
    batchSize: 64,
    epochs: 10,
  },
}

function convolution(name: string, filters: number) {
  return {
    type: 'conv2d',
    name,
    filters,
    kernelSize: 5,
    padding: 'valid',
    activation: 'relu',
    ...pytorchDefault,
  } as const
}
