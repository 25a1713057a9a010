import type { Topology } from '#network/topology.ts'

/** The multilayer perceptron of the original's README figure: 784-512 ReLU-10, 407,050 parameters. */
export const mnistMlp: Topology = {
  inputShape: [28, 28, 1],
  layers: [
    { type: 'flatten', name: 'flatten' },
    dense('dense_1', 512, 'relu'),
    dense('dense_2', 10, 'linear'),
  ],
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
