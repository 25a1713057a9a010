/**
 * How a variable starts. `fanInUniform` is U(-1/sqrt(fan_in), 1/sqrt(fan_in)), PyTorch's default for linear and
 * convolution layers, biases included; `glorotUniform` is Keras's default (Glorot and Bengio 2010, eq. 16);
 * `heNormalFanOut` is N(0, sqrt(2 / fan_out)) (He, Zhang, Ren and Sun 2015, sec. 2.2, backward). The others are Keras's, the normal
 * ones truncated at two standard deviations as there. `forgetGateOnes` is zeros but for an LSTM's second quarter, its forget gate's
 * bias (Jozefowicz, Zaremba and Sutskever 2015).
 */
export type Initializer = NamedInitializer | ParametricInitializer

export type NamedInitializer =
  | 'glorotUniform'
  | 'glorotNormal'
  | 'heUniform'
  | 'heNormal'
  | 'lecunUniform'
  | 'lecunNormal'
  | 'fanInUniform'
  | 'heNormalFanOut'
  | 'zeros'
  | 'ones'
  | 'forgetGateOnes'

/**
 * Keras's, with the numbers that they take. `truncatedNormal` draws again what lies beyond two of its deviations; `orthogonal` is
 * `gain` times a matrix whose rows or columns, whichever are fewer, are orthonormal (Saxe, McClelland and Ganguli 2014).
 */
export type ParametricInitializer =
  | { name: 'randomUniform'; minval: number; maxval: number }
  | { name: 'randomNormal' | 'truncatedNormal'; mean: number; stddev: number }
  | { name: 'constant'; value: number }
  | { name: 'orthogonal'; gain: number }
  /** Of variance scale / fan, by the fan that `mode` names; normal ones are truncated as those with names of their own. */
  | {
      name: 'varianceScaling'
      scale: number
      mode: 'fanIn' | 'fanOut' | 'fanAvg'
      distribution: 'uniform' | 'normal' | 'truncatedNormal'
    }

/**
 * As in Keras 3: `leakyRelu` has a slope of 0.2 below zero, `elu` an alpha of 1, `hardSigmoid` is z / 6 + 1/2 within [0, 1], `gelu` the
 * exact one, z Phi(z), `hardSilu` is z hardSigmoid(z), and `softmax` is taken over the last axis. `keras2HardSigmoid` is z / 5 + 1/2 within
 * [0, 1], the `hard_sigmoid` of Keras 2 and TensorFlow.js.
 */
export const ACTIVATIONS = [
  'linear',
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'selu',
  'softplus',
  'softsign',
  'tanh',
  'sigmoid',
  'hardSigmoid',
  'keras2HardSigmoid',
  'gelu',
  'silu',
  'hardSilu',
  'softmax',
] as const
export type Activation = (typeof ACTIVATIONS)[number]

/** Of a window over images, or of its steps: in both directions, or [height, width]. */
export type Extent = number | readonly [height: number, width: number]
/** Lines added to an image: on each of its four sides, or [[top, bottom], [left, right]]. */
export type Margins = number | readonly [rows: Margin, columns: Margin]
type Margin = readonly [before: number, after: number]
/** One number for all channels, or one a channel: the last axis. */
export type PerChannel = number | readonly number[]
/** `same` keeps the size at a stride of 1, as TensorFlow does it; `valid`, the default, leaves out what fills no window. */
export type Padding = 'valid' | 'same'

interface WithKernel {
  activation: Activation
  kernelInitializer: Initializer
  /** Absent: there is no bias. */
  biasInitializer?: Initializer
}

interface DepthwiseWindow {
  kernelSize: Extent
  strides?: number
  padding: Padding
  depthMultiplier: number
}

/**
 * Over sequences [time, features], beginning at zeros. Kernels are [features, gates units] and [units, gates units], the gates in
 * Keras's order.
 */
interface Recurrent {
  units: number
  /** Whether the output of every step is given, or the last one alone. */
  returnSequences: boolean
  /** Backward, the last step is taken first; `both` are two layers, one each way, their outputs side by side. */
  direction: 'forward' | 'backward' | 'both'
  kernelInitializer: Initializer
  recurrentInitializer: Initializer
  /** Absent: there is no bias. */
  biasInitializer?: Initializer
}

/**
 * Kernels are stored as TensorFlow has them: dense [in, out], convolution [height, width, in, out]. Images are
 * [height, width, channels], sequences [time, features]. Strides are 1 for a convolution and poolSize for a pool unless they are given.
 */
type LayerKind =
  | (WithKernel & {
      type: 'conv2d'
      filters: number
      kernelSize: Extent
      strides?: Extent
      padding: Padding
    })
  /** Each channel by `depthMultiplier` windows of its own; the kernel is [height, width, in, depthMultiplier]. */
  | (WithKernel & DepthwiseWindow & { type: 'depthwiseConv2d' })
  /** The same, of which a convolution of single pixels makes `filters` channels; the first kernel has kernelInitializer. */
  | (WithKernel &
      DepthwiseWindow & { type: 'separableConv2d'; filters: number; pointwiseInitializer: Initializer })
  /** What a convolution's gradient does to images: enlarges them by its strides. The kernel is [height, width, filters, in]. */
  | (WithKernel & {
      type: 'conv2dTranspose'
      filters: number
      kernelSize: Extent
      strides?: Extent
      padding: Padding
    })
  /** The same as a convolution over sequences [steps, channels], its kernel being [steps, in, out]. */
  | (WithKernel & {
      type: 'conv1d'
      filters: number
      kernelSize: number
      strides?: number
      padding: Padding
    })
  | (WithKernel & { type: 'dense'; units: number })
  | { type: 'maxPooling2d'; poolSize: Extent; strides?: Extent; padding?: Padding }
  /** The mean of what a window has of the image: padding does not count. */
  | { type: 'averagePooling2d'; poolSize: Extent; strides?: Extent; padding?: Padding }
  | { type: 'maxPooling1d'; poolSize: number; strides?: number; padding?: Padding }
  | { type: 'averagePooling1d'; poolSize: number; strides?: number; padding?: Padding }
  | { type: 'zeroPadding2d'; padding: Margins }
  /** Lines taken off an image. */
  | { type: 'cropping2d'; cropping: Margins }
  /** Each pixel as often as `size` says. */
  | { type: 'upSampling2d'; size: Extent }
  /**
   * In Keras's sense: moving <- momentum moving + (1 - momentum) batch. Without `scale` gamma is 1, without `center` beta is 0, and
   * neither is a variable then; both are unless they are false.
   */
  | { type: 'batchNormalization'; momentum: number; epsilon: number; scale?: false; center?: false }
  /** scale x + offset. */
  | { type: 'rescaling'; scale: PerChannel; offset: PerChannel }
  /**
   * (x - mean) / max(sqrt(variance), 1e-7), by the last axis. Where both are absent they are statistics, which Keras's adapt() has set
   * and a file of weights brings.
   */
  | { type: 'normalization'; mean?: PerChannel; variance?: PerChannel }
  /** A row of numbers for each token, which are whole numbers below inputDim. */
  | { type: 'embedding'; inputDim: number; outputDim: number; embeddingsInitializer: Initializer }
  /** Its gates are i, f, c and o. */
  | (Recurrent & { type: 'lstm' })
  /**
   * Its gates are z, r and h. The reset gate acts behind the recurrent kernel, so there are two biases, [2, gates units]: the one
   * of the inputs and the one of the output before.
   */
  | (Recurrent & { type: 'gru' })
  | (Recurrent & { type: 'simpleRnn' })
  /** Over the last axis of each example (Ba, Kiros and Hinton 2016). */
  | { type: 'layerNormalization'; epsilon: number }
  | { type: 'activation'; activation: Activation }
  /** x where it is positive, `slope` x elsewhere. */
  | { type: 'leakyRelu'; slope: number }
  /**
   * `rate` is the share of units that a step silences, or of whole examples with `perExample`; the others are scaled up by
   * 1 / (1 - rate).
   */
  | { type: 'dropout'; rate: number; perExample?: true }
  /** The sum, product or mean of all inputs, which have one shape; axes of length 1 are repeated to that of the others. */
  | { type: 'add' }
  | { type: 'multiply' }
  | { type: 'average' }
  /** All inputs one behind the other on the last axis; the other axes are the same. */
  | { type: 'concatenate' }
  /** The same elements in row-major order; one length may be -1, which is what the others leave. */
  | { type: 'reshape'; shape: readonly number[] }
  /** With `keepDims` the axes that are pooled stay, of length 1. */
  | { type: 'globalAveragePooling2d'; keepDims?: true }
  | { type: 'globalMaxPooling2d'; keepDims?: true }
  | { type: 'globalAveragePooling1d'; keepDims?: true }
  | { type: 'globalMaxPooling1d'; keepDims?: true }
  | { type: 'flatten' }

export type LayerType = LayerKind['type']

/** `inputs` are the names of earlier layers, or `input`, the network's; absent, it is the layer before, or the network's input for the first. */
export type LayerSpec = LayerKind & { name: string; inputs?: readonly string[] }

export type RecurrentLayer = Extract<LayerSpec, Recurrent>

export type LayerOf<Type extends LayerType> = Extract<LayerSpec, { type: Type }>

/**
 * A network as a value: what it takes (without the batch dimension) and its layers, inputs first. The last one gives the
 * logits.
 */
export interface Topology {
  inputShape: readonly number[]
  layers: readonly LayerSpec[]
}
