import type { Topology } from '#network/topology.ts'

const pytorchDefault = { kernelInitializer: 'fanInUniform', biasInitializer: 'fanInUniform' } as const

/** The LeNet of the original's PyTorch MNIST example, initialized as in PyTorch: 431,080 parameters. */
export const mnistLenet: Topology = {
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
