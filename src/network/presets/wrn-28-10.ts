import type { LayerSpec, Topology } from '#network/topology.ts'

const BLOCKS_PER_GROUP = 4
const GROUPS = [
  { filters: 160, strides: 1 },
  { filters: 320, strides: 2 },
  { filters: 640, strides: 2 },
]
const pytorchDefault = { kernelInitializer: 'fanInUniform', biasInitializer: 'fanInUniform' } as const

/** The wide residual network of Zagoruyko and Komodakis 2016, convolutions with bias, as in the original: 36,489,290 parameters. */
export const wrn2810: Topology = {
  inputShape: [32, 32, 3],
  layers: [
    ...convolution('conv1', 16),
    ...GROUPS.flatMap(residualGroup),
    ...normalised('bn1', 'layer3.3.add', 0.1),
    { type: 'globalAveragePooling2d', name: 'pool' },
    { type: 'dense', name: 'linear', units: 10, activation: 'linear', ...pytorchDefault },
  ],
}

function residualGroup({ filters, strides }: (typeof GROUPS)[number], group: number): LayerSpec[] {
  return Array.from({ length: BLOCKS_PER_GROUP }, (_, block) => {
    const name = `layer${group + 1}.${block}`
    const previous =
      block > 0 ? `layer${group + 1}.${block - 1}.add` : group > 0 ? `layer${group}.3.add` : 'conv1'
    return residualBlock(name, previous, filters, block === 0 ? strides : 1, block === 0)
  }).flat()
}

/** Batch normalization and ReLU before each convolution; if the shape changes, the shortcut is a 1 x 1 convolution. */
function residualBlock(
  name: string,
  input: string,
  filters: number,
  strides: number,
  changesShape: boolean,
): LayerSpec[] {
  const shortcut = `${name}.shortcut`
  return [
    ...normalised(`${name}.bn1`, input, 0.9),
    ...convolution(`${name}.conv1`, filters),
    ...normalised(`${name}.bn2`, `${name}.conv1`, 0.9),
    ...convolution(`${name}.conv2`, filters, strides),
    ...(changesShape ? [projection(shortcut, input, filters, strides)] : []),
    { type: 'add', name: `${name}.add`, inputs: [`${name}.conv2`, changesShape ? shortcut : input] },
  ]
}

function normalised(name: string, input: string, momentum: number): LayerSpec[] {
  return [
    { type: 'batchNormalization', name, inputs: [input], momentum, epsilon: 1e-5 },
    { type: 'activation', name: `${name}.relu`, activation: 'relu' },
  ]
}

/** 3 x 3 and padded by one pixel on all sides at any strides, as in PyTorch. */
function convolution(name: string, filters: number, strides = 1): LayerSpec[] {
  const kernel = { name, filters, kernelSize: 3, activation: 'linear', ...pytorchDefault } as const
  if (strides === 1) return [{ type: 'conv2d', padding: 'same', ...kernel }]
  return [
    { type: 'zeroPadding2d', name: `${name}.pad`, padding: 1 },
    { type: 'conv2d', strides, padding: 'valid', ...kernel },
  ]
}

function projection(name: string, input: string, filters: number, strides: number): LayerSpec {
  return {
    type: 'conv2d',
    name,
    inputs: [input],
    filters,
    kernelSize: 1,
    strides,
    padding: 'valid',
    activation: 'linear',
    ...pytorchDefault,
  }
}
