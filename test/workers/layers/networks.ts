import { ACTIVATIONS } from '#network/activation.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'
import { EXCITED } from './excited-network.ts'

const kernel = { activation: 'linear', kernelInitializer: 'fanInUniform' } as const

/** Two paths, one of them strided, that meet again. */
const RESIDUAL: Topology = {
  inputShape: [8, 8, 3],
  layers: [
    { type: 'conv2d', name: 'stem', filters: 4, kernelSize: 3, padding: 'same', ...kernel },
    { type: 'batchNormalization', name: 'bn1', momentum: 0.9, epsilon: 1e-5 },
    { type: 'activation', name: 'relu1', activation: 'relu' },
    { type: 'zeroPadding2d', name: 'pad', padding: 1 },
    {
      type: 'conv2d',
      name: 'conv',
      filters: 6,
      kernelSize: 3,
      strides: 2,
      padding: 'valid',
      ...kernel,
      activation: 'sigmoid',
    },
    { type: 'batchNormalization', name: 'bn2', momentum: 0.5, epsilon: 1e-3 },
    {
      type: 'conv2d',
      name: 'shortcut',
      inputs: ['relu1'],
      filters: 6,
      kernelSize: 1,
      strides: 2,
      padding: 'same',
      ...kernel,
    },
    { type: 'add', name: 'add', inputs: ['bn2', 'shortcut'] },
    { type: 'activation', name: 'tanh', activation: 'tanh' },
    { type: 'conv2d', name: 'mix', filters: 6, kernelSize: 3, padding: 'same', ...kernel },
    { type: 'batchNormalization', name: 'bn3', momentum: 0.9, epsilon: 1e-5 },
    { type: 'add', name: 'addAgain', inputs: ['tanh', 'bn3'] },
    { type: 'activation', name: 'relu3', activation: 'relu' },
    { type: 'maxPooling2d', name: 'pool', poolSize: 2, strides: 1 },
    { type: 'averagePooling2d', name: 'average', poolSize: 2, strides: 1 },
    { type: 'dropout', name: 'drop', rate: 0.3 },
    { type: 'globalAveragePooling2d', name: 'mean' },
    { type: 'dense', name: 'fc', units: 5, biasInitializer: 'zeros', ...kernel },
  ],
}

/** Every activation side by side, of a dense layer and as a layer of its own. */
const ACTIVATED: Topology = {
  inputShape: [10],
  layers: [
    { type: 'dense', name: 'stem', units: 12, ...kernel },
    { type: 'batchNormalization', name: 'bn', momentum: 0.9, epsilon: 1e-3 },
    ...ACTIVATIONS.flatMap((activation): LayerSpec[] => [
      { type: 'dense', name: activation, inputs: ['bn'], units: 6, ...kernel, activation },
      { type: 'activation', name: `${activation}Again`, activation },
    ]),
    { type: 'dense', name: 'slope', inputs: ['bn'], units: 6, ...kernel },
    { type: 'leakyRelu', name: 'leaky', slope: 0.3 },
    { type: 'add', name: 'sum', inputs: ['leaky', ...ACTIVATIONS.map(name => `${name}Again`)] },
    { type: 'dense', name: 'fc', units: 5, biasInitializer: 'zeros', ...kernel },
  ],
}

/** Pools of every padding; windows and steps that are not square; an end without a dense layer. */
const POOLED: Topology = {
  inputShape: [9, 10, 2],
  layers: [
    {
      type: 'conv2d',
      name: 'stem',
      filters: 4,
      kernelSize: [3, 2],
      padding: 'same',
      ...kernel,
      activation: 'gelu',
    },
    { type: 'maxPooling2d', name: 'max', poolSize: 3, strides: 2, padding: 'same' },
    {
      type: 'conv2d',
      name: 'conv',
      filters: 5,
      kernelSize: [2, 3],
      strides: [1, 2],
      padding: 'same',
      ...kernel,
    },
    { type: 'averagePooling2d', name: 'average', poolSize: [2, 3], strides: [1, 2], padding: 'same' },
    { type: 'activation', name: 'softmax', activation: 'softmax' },
    { type: 'conv2d', name: 'last', filters: 5, kernelSize: 1, padding: 'valid', ...kernel },
    { type: 'globalMaxPooling2d', name: 'largest' },
  ],
}

/** Paths that are padded, enlarged and reshaped on their way, and meet in every way there is. */
const MERGED: Topology = {
  inputShape: [4, 5, 3],
  layers: [
    { type: 'conv2d', name: 'stem', filters: 4, kernelSize: 3, padding: 'same', ...kernel },
    { type: 'upSampling2d', name: 'up', size: [2, 3] },
    {
      type: 'conv2d',
      name: 'wide',
      filters: 2,
      kernelSize: [2, 3],
      strides: [2, 3],
      padding: 'valid',
      ...kernel,
    },
    { type: 'concatenate', name: 'channels', inputs: ['wide', 'stem', 'wide'] },
    {
      type: 'zeroPadding2d',
      name: 'pad',
      padding: [
        [1, 0],
        [0, 2],
      ],
    },
    {
      type: 'conv2d',
      name: 'narrow',
      filters: 3,
      kernelSize: 2,
      padding: 'valid',
      ...kernel,
      activation: 'tanh',
    },
    { type: 'reshape', name: 'wrapped', shape: [3, -1, 4] },
    {
      type: 'conv2d',
      name: 'left',
      inputs: ['wrapped'],
      filters: 2,
      kernelSize: 2,
      padding: 'same',
      ...kernel,
    },
    {
      type: 'conv2d',
      name: 'right',
      inputs: ['wrapped'],
      filters: 2,
      kernelSize: 1,
      padding: 'same',
      ...kernel,
    },
    { type: 'multiply', name: 'product', inputs: ['left', 'right', 'right'] },
    { type: 'average', name: 'mean', inputs: ['product', 'left'] },
    { type: 'flatten', name: 'flat' },
    { type: 'dense', name: 'fc', units: 5, biasInitializer: 'zeros', ...kernel },
  ],
}

/** Windows along steps. */
const SEQUENTIAL: Topology = {
  inputShape: [12, 3],
  layers: [
    {
      type: 'conv1d',
      name: 'stem',
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      ...kernel,
      activation: 'selu',
    },
    { type: 'batchNormalization', name: 'bn', momentum: 0.9, epsilon: 1e-3 },
    { type: 'maxPooling1d', name: 'max', poolSize: 3, strides: 1, padding: 'valid' },
    {
      type: 'conv1d',
      name: 'conv',
      filters: 5,
      kernelSize: 2,
      strides: 2,
      padding: 'valid',
      ...kernel,
      biasInitializer: 'zeros',
    },
    { type: 'averagePooling1d', name: 'average', poolSize: 2, padding: 'same' },
    { type: 'globalMaxPooling1d', name: 'largest', inputs: ['average'] },
    { type: 'globalAveragePooling1d', name: 'mean', inputs: ['average'] },
    { type: 'globalMaxPooling1d', name: 'kept', inputs: ['average'], keepDims: true },
    { type: 'repeatVector', name: 'again', inputs: ['mean'], times: 3 },
    { type: 'multiply', name: 'weighed', inputs: ['average', 'kept', 'again'] },
    { type: 'flatten', name: 'flat' },
    { type: 'concatenate', name: 'all', inputs: ['largest', 'mean', 'flat'] },
    { type: 'dense', name: 'fc', units: 5, biasInitializer: 'zeros', ...kernel },
  ],
}

/** Convolutions of every other kind. */
const CONVOLVED: Topology = {
  inputShape: [6, 7, 3],
  layers: [
    { type: 'conv2d', name: 'stem', filters: 2, kernelSize: 1, padding: 'valid', ...kernel },
    {
      type: 'conv2dTranspose',
      name: 'wide',
      filters: 3,
      kernelSize: [3, 2],
      strides: [2, 3],
      padding: 'same',
      ...kernel,
      activation: 'tanh',
    },
    {
      type: 'conv2dTranspose',
      name: 'edge',
      filters: 2,
      kernelSize: 3,
      strides: 2,
      padding: 'valid',
      ...kernel,
      biasInitializer: 'zeros',
    },
    {
      type: 'depthwiseConv2d',
      name: 'each',
      kernelSize: [3, 2],
      strides: 2,
      padding: 'same',
      depthMultiplier: 2,
      ...kernel,
      biasInitializer: 'zeros',
      activation: 'silu',
    },
    {
      type: 'separableConv2d',
      name: 'both',
      filters: 5,
      kernelSize: 3,
      strides: 2,
      padding: 'valid',
      depthMultiplier: 2,
      ...kernel,
      pointwiseInitializer: 'fanInUniform',
      biasInitializer: 'zeros',
      activation: 'tanh',
    },
    { type: 'depthwiseConv2d', name: 'last', kernelSize: 2, padding: 'valid', depthMultiplier: 1, ...kernel },
    { type: 'globalAveragePooling2d', name: 'mean' },
  ],
}

/** Small networks that hold every layer between them, with an output for each of five classes. */
export const NETWORKS: Readonly<Record<string, Topology>> = {
  residual: RESIDUAL,
  activated: ACTIVATED,
  pooled: POOLED,
  merged: MERGED,
  sequential: SEQUENTIAL,
  convolved: CONVOLVED,
  excited: EXCITED,
}
