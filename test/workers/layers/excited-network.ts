import type { Topology } from '#network/topology.ts'

const kernel = { activation: 'linear', kernelInitializer: 'fanInUniform' } as const
const pointwise = { type: 'conv2d', kernelSize: 1, padding: 'valid', ...kernel } as const
const normalised = { type: 'batchNormalization', momentum: 0.9, epsilon: 1e-3 } as const

/** What networks for phones are made of: examples prepared by the network, channels weighed by a glance at all of the image. */
export const EXCITED: Topology = {
  inputShape: [7, 8, 3],
  layers: [
    { type: 'rescaling', name: 'bytes', scale: 0.5, offset: [-1, 0, 0.5] },
    { type: 'normalization', name: 'given', mean: [0.25, -0.5, 1], variance: [0.5, 2, 1e-20] },
    { type: 'rescaling', name: 'tame', scale: [1, 1, 1e-7], offset: 0 },
    { type: 'normalization', name: 'adapted' },
    { ...pointwise, name: 'stem', filters: 4, kernelSize: 3 },
    {
      type: 'cropping2d',
      name: 'crop',
      cropping: [
        [1, 0],
        [0, 2],
      ],
    },
    { ...normalised, name: 'bn1', scale: false },
    { type: 'activation', name: 'relu1', activation: 'relu' },
    { type: 'rescaling', name: 'again', scale: [1, -2, 0.5, 3], offset: 0.1 },
    { type: 'normalization', name: 'between', mean: 0.5, variance: 4 },
    { ...pointwise, name: 'conv', filters: 4 },
    { ...normalised, name: 'bn2', center: false },
    { type: 'globalAveragePooling2d', name: 'squeeze', keepDims: true },
    { ...pointwise, name: 'reduce', filters: 2, activation: 'silu' },
    { ...pointwise, name: 'expand', filters: 4, activation: 'hardSilu' },
    { type: 'multiply', name: 'excite', inputs: ['expand', 'bn2'] },
    { ...normalised, name: 'bn3', scale: false, center: false },
    { type: 'add', name: 'shifted', inputs: ['bn3', 'expand'] },
    { type: 'activation', name: 'relu2', activation: 'relu' },
    { type: 'average', name: 'mean', inputs: ['relu2', 'expand', 'excite'] },
    { type: 'dropout', name: 'drop', rate: 0.3, perExample: true },
    { type: 'add', name: 'residual', inputs: ['drop', 'excite'] },
    { type: 'globalMaxPooling2d', name: 'largest', keepDims: true },
    { type: 'flatten', name: 'flat' },
    { type: 'dense', name: 'fc', units: 5, biasInitializer: 'zeros', ...kernel },
  ],
}
