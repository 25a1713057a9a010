import type { LayerSpec, Topology } from '#network/topology.ts'

/** For each stage its number of bottleneck blocks, their inner filters, and the strides of the first block. */
const STAGES = [
  { blocks: 3, filters: 64, strides: 1 },
  { blocks: 4, filters: 128, strides: 2 },
  { blocks: 6, filters: 256, strides: 2 },
  { blocks: 3, filters: 512, strides: 2 },
]
const EXPANSION = 4

/** ResNet-50 (He, Zhang, Ren and Sun 2016) as in torchvision, with strides on the 3 x 3 convolutions: 25,557,032 parameters. */
export const resnet50: Topology = {
  inputShape: [224, 224, 3],
  layers: [
    ...convolution('conv1', 'bn1', { filters: 64, kernelSize: 7, strides: 2 }),
    relu('relu'),
    // Outputs of a ReLU are never negative, so zero padding changes no maximum.
    { type: 'zeroPadding2d', name: 'maxpool.pad', padding: 1 },
    { type: 'maxPooling2d', name: 'maxpool', poolSize: 3, strides: 2 },
    ...STAGES.flatMap(stage),
    { type: 'globalAveragePooling2d', name: 'avgpool' },
    {
      type: 'dense',
      name: 'fc',
      units: 1000,
      activation: 'linear',
      kernelInitializer: 'fanInUniform',
      biasInitializer: 'fanInUniform',
    },
  ],
}

function stage({ blocks, filters, strides }: (typeof STAGES)[number], index: number): LayerSpec[] {
  const before = index === 0 ? 'maxpool' : `layer${index}.${STAGES[index - 1]!.blocks - 1}.relu`
  return Array.from({ length: blocks }, (_, block) => {
    const name = `layer${index + 1}.${block}`
    if (block > 0) return bottleneck(name, `layer${index + 1}.${block - 1}.relu`, filters, 1, false)
    return bottleneck(name, before, filters, strides, true)
  }).flat()
}

function bottleneck(
  name: string,
  input: string,
  filters: number,
  strides: number,
  changesShape: boolean,
): LayerSpec[] {
  const wide = filters * EXPANSION
  const shortcut = convolution(`${name}.downsample.0`, `${name}.downsample.1`, {
    filters: wide,
    kernelSize: 1,
    strides,
    inputs: [input],
  })
  return [
    ...convolution(`${name}.conv1`, `${name}.bn1`, { filters, kernelSize: 1, strides: 1, inputs: [input] }),
    relu(`${name}.relu1`),
    ...convolution(`${name}.conv2`, `${name}.bn2`, { filters, kernelSize: 3, strides }),
    relu(`${name}.relu2`),
    ...convolution(`${name}.conv3`, `${name}.bn3`, { filters: wide, kernelSize: 1, strides: 1 }),
    ...(changesShape ? shortcut : []),
    {
      type: 'add',
      name: `${name}.add`,
      inputs: [`${name}.bn3`, changesShape ? `${name}.downsample.1` : input],
    },
    relu(`${name}.relu`),
  ]
}

interface ConvolutionSize {
  filters: number
  kernelSize: number
  strides: number
  inputs?: readonly string[]
}

/** Without bias, followed by a batch normalization, and padded by half a kernel on all sides, as in PyTorch. */
function convolution(name: string, bn: string, { inputs, ...size }: ConvolutionSize): LayerSpec[] {
  const margin = (size.kernelSize - 1) / 2
  const isPadded = margin > 0 && size.strides > 1
  const pad: LayerSpec = { type: 'zeroPadding2d', name: `${name}.pad`, padding: margin }
  return [
    ...(isPadded ? [pad] : []),
    {
      type: 'conv2d',
      name,
      ...(inputs && { inputs }),
      ...size,
      padding: isPadded ? 'valid' : 'same',
      activation: 'linear',
      kernelInitializer: 'heNormalFanOut',
    },
    { type: 'batchNormalization', name: bn, momentum: 0.9, epsilon: 1e-5 },
  ]
}

function relu(name: string): LayerSpec {
  return { type: 'activation', name, activation: 'relu' }
}
