import type { LayerSpec, Topology } from '#network/topology.ts'

/** Filters of each convolution, in blocks that end with a pool (Simonyan and Zisserman 2015, configuration D). */
const BLOCKS = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
]

/** VGG16 for 32 x 32 images without batch normalization, as in the original: 15,245,130 parameters. */
export const vgg16: Topology = {
  inputShape: [32, 32, 3],
  layers: [
    ...BLOCKS.flatMap(convolutionBlock),
    { type: 'flatten', name: 'flatten' },
    ...hidden(1),
    ...hidden(2),
    fullyConnected('fc3', 10, 'linear'),
  ],
}

function convolutionBlock(filters: readonly number[], block: number): LayerSpec[] {
  const convolutions = filters.map(
    (count, index): LayerSpec => ({
      type: 'conv2d',
      name: `conv${block + 1}_${index + 1}`,
      filters: count,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: 'heNormalFanOut',
      biasInitializer: 'zeros',
    }),
  )
  return [...convolutions, { type: 'maxPooling2d', name: `pool${block + 1}`, poolSize: 2 }]
}

function hidden(number: number): LayerSpec[] {
  return [{ type: 'dropout', name: `drop${number}`, rate: 0.5 }, fullyConnected(`fc${number}`, 512, 'relu')]
}

function fullyConnected(name: string, units: number, activation: 'relu' | 'linear'): LayerSpec {
  const initializers = { kernelInitializer: 'fanInUniform', biasInitializer: 'fanInUniform' } as const
  return { type: 'dense', name, units, activation, ...initializers }
}
