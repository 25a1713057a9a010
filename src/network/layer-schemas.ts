import { z } from 'zod'
import { ACTIVATIONS, type LayerType, type NamedInitializer, type ParametricInitializer } from './topology.ts'

// The keys of each schema stand in the order in which layers of Keras models are converted: the same network is then the same text,
// however a client has ordered its keys, and the model files of a repeated job have the same bytes.

const size = z.int().min(1).max(1_000_000)
const extent = z.union([size, z.tuple([size, size])])
const line = z.int().min(0).max(1_000_000)
const sides = z.tuple([line, line])
const margins = z.union([line, z.tuple([sides, sides])])
const padding = z.enum(['valid', 'same'])
const activation = z.enum(ACTIVATIONS)
const epsilon = z.number().positive()
const perChannel = z.union([z.number(), z.array(z.number()).min(1).max(100_000)])

const NAMED = {
  glorotUniform: true,
  glorotNormal: true,
  heUniform: true,
  heNormal: true,
  lecunUniform: true,
  lecunNormal: true,
  fanInUniform: true,
  heNormalFanOut: true,
  zeros: true,
  ones: true,
  forgetGateOnes: true,
} as const satisfies Record<NamedInitializer, true>

const normal = { mean: z.number(), stddev: z.number().positive() }
const PARAMETRIC = {
  randomUniform: { minval: z.number(), maxval: z.number() },
  randomNormal: normal,
  truncatedNormal: normal,
  constant: { value: z.number() },
  orthogonal: { gain: z.number().positive() },
  varianceScaling: {
    scale: z.number().positive(),
    mode: z.enum(['fanIn', 'fanOut', 'fanAvg']),
    distribution: z.enum(['uniform', 'normal', 'truncatedNormal']),
  },
} as const satisfies Record<ParametricInitializer['name'], z.ZodRawShape>

const [firstParametric, ...otherParametric] = Object.entries(PARAMETRIC).map(([name, parameters]) =>
  z.strictObject({ name: z.literal(name), ...parameters }),
)
const initializer = z.union([
  z.enum(Object.keys(NAMED) as NamedInitializer[]),
  z
    .discriminatedUnion('name', [firstParametric!, ...otherParametric])
    .refine(
      value => !('minval' in value && 'maxval' in value) || Number(value.minval) < Number(value.maxval),
      'must have a minval below its maxval',
    ),
])
/** `forgetGateOnes` is for the bias of an LSTM, which has four gates. */
const plainInitializer = initializer.refine(
  value => value !== 'forgetGateOnes',
  'can be forgetGateOnes in an lstm only',
)

const withKernel = {
  activation,
  kernelInitializer: plainInitializer,
  biasInitializer: plainInitializer.optional(),
}
const convolution = { filters: size, kernelSize: extent, strides: extent.optional(), padding, ...withKernel }
const depthwise = {
  kernelSize: extent,
  strides: size.optional(),
  padding,
  depthMultiplier: size,
  ...withKernel,
}
const pool = { poolSize: extent, strides: extent.optional(), padding: padding.optional() }
const stepPool = { poolSize: size, strides: size.optional(), padding: padding.optional() }
const globalPool = { keepDims: z.literal(true).optional() }
const recurrent = {
  units: size,
  returnSequences: z.boolean(),
  direction: z.enum(['forward', 'backward', 'both']),
  kernelInitializer: plainInitializer,
  recurrentInitializer: plainInitializer,
}

/** What each type of layer has besides `type`, `name` and `inputs`. */
export const LAYER_FIELDS = {
  conv2d: convolution,
  depthwiseConv2d: depthwise,
  separableConv2d: { filters: size, pointwiseInitializer: plainInitializer, ...depthwise },
  conv2dTranspose: convolution,
  conv1d: { filters: size, kernelSize: size, strides: size.optional(), padding, ...withKernel },
  dense: { units: size, ...withKernel },
  maxPooling2d: pool,
  averagePooling2d: pool,
  maxPooling1d: stepPool,
  averagePooling1d: stepPool,
  zeroPadding2d: { padding: margins },
  cropping2d: { cropping: margins },
  upSampling2d: { size: extent },
  batchNormalization: {
    momentum: z.number().min(0).max(1),
    epsilon,
    scale: z.literal(false).optional(),
    center: z.literal(false).optional(),
  },
  rescaling: { scale: perChannel, offset: perChannel },
  normalization: { mean: perChannel.optional(), variance: perChannel.optional() },
  embedding: { inputDim: size, outputDim: size, embeddingsInitializer: plainInitializer },
  lstm: { ...recurrent, biasInitializer: initializer.optional() },
  gru: { ...recurrent, biasInitializer: plainInitializer.optional() },
  simpleRnn: { ...recurrent, biasInitializer: plainInitializer.optional() },
  layerNormalization: { epsilon },
  activation: { activation },
  leakyRelu: { slope: z.number().min(0).max(1000) },
  dropout: { rate: z.number().min(0).lt(1), perExample: z.literal(true).optional() },
  add: {},
  multiply: {},
  average: {},
  concatenate: {},
  reshape: {
    shape: z
      .array(z.union([z.literal(-1), size]))
      .min(1)
      .max(8)
      .refine(shape => shape.filter(length => length === -1).length <= 1, 'must have one -1 at most'),
  },
  globalAveragePooling2d: globalPool,
  globalMaxPooling2d: globalPool,
  globalAveragePooling1d: globalPool,
  globalMaxPooling1d: globalPool,
  flatten: {},
} as const satisfies Record<LayerType, z.ZodRawShape>
