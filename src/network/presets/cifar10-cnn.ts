import type { LayerSpec, Topology } from '#network/topology.ts'

const kerasDefault = { kernelInitializer: 'glorotUniform', biasInitializer: 'zeros' } as const

/** The small convolutional network of the original's README figure for CIFAR-10, from Keras's examples: 1,250,858 parameters. */
export const cifar10Cnn: Topology = {
  inputShape: [32, 32, 3],
  layers: [
    convolution('conv1', 32, 'same'),
    convolution('conv2', 32, 'valid'),
    { type: 'maxPooling2d', name: 'pool1', poolSize: 2 },
    { type: 'dropout', name: 'drop1', rate: 0.25 },
    convolution('conv3', 64, 'same'),
    convolution('conv4', 64, 'valid'),
    { type: 'maxPooling2d', name: 'pool2', poolSize: 2 },
    { type: 'dropout', name: 'drop2', rate: 0.25 },
    { type: 'flatten', name: 'flatten' },
    { type: 'dense', name: 'fc1', units: 512, activation: 'relu', ...kerasDefault },
    { type: 'dropout', name: 'drop3', rate: 0.5 },
    { type: 'dense', name: 'fc2', units: 10, activation: 'linear', ...kerasDefault },
  ],
}

function convolution(name: string, filters: number, padding: 'same' | 'valid'): LayerSpec {
  return { type: 'conv2d', name, filters, kernelSize: 3, padding, activation: 'relu', ...kerasDefault }
}
