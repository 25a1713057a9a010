/**
 * The computation of a trained network, for one example: what the front end (`build-graph`) makes of a model file, and what the back end
 * (`plan`) makes a program of. Batch normalizations are folded into the weights before them, dropout is gone, and the preprocessing and the
 * output activation are nodes like any other.
 *
 * Images are [height, width, channels], sequences [steps, channels], without the batch axis; elements are in row-major order.
 */
export interface Graph {
  /** In the order of computation: a node's inputs come before it. Node 0 is the input, the last node is the output. */
  nodes: readonly GraphNode[]
}

export type Shape = readonly number[]

/** Functions of each element, as in Keras 3, and the hardSigmoid of Keras 2. */
export const FUNCTIONS = [
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
] as const
type FunctionName = (typeof FUNCTIONS)[number]

/** leakyRelu is x where x is positive and `slope` x elsewhere. */
export type Activation = { name: 'leakyRelu'; slope: number } | { name: Exclude<FunctionName, 'leakyRelu'> }

/** Rows and columns of zeros around an image. */
export interface Margins {
  top: number
  bottom: number
  left: number
  right: number
}

/** Windows over an image: [height, width] of a window, the steps between windows, and the margins of the image. */
interface Windows {
  size: readonly [number, number]
  strides: readonly [number, number]
  margins: Margins
}

interface Weighted {
  kernel: Float32Array
  /** One number per output channel; absent: zeros. */
  bias?: Float32Array
  /** Applied to the output. */
  activation: Activation
}

interface Common {
  /** Unique: the name of the layer, and a number behind it if the layer has several nodes. */
  name: string
  /** Indexes of nodes. */
  inputs: readonly number[]
  /** The shape of the output. */
  shape: Shape
}

export type GraphNode = Common &
  (
    | { op: 'input' }
    /**
     * The kernel is [height, width, in, out]. Other convolutions are expressed by it: one over sequences is one over images of height 1, a
     * depthwise one has a kernel of zeros between different channels, its `groups`, and a transposed one is over an image with zeros between its pixels.
     */
    | ({ op: 'convolution'; groups?: number } & Windows & Weighted)
    /** Over the last axis; the kernel is [in, out]. */
    | ({ op: 'dense' } & Weighted)
    /** The mean is of the elements within the image. */
    | ({ op: 'maxPooling' | 'averagePooling' } & Windows)
    /** Over all axes but the last. */
    | { op: 'globalMaxPooling' | 'globalAveragePooling' }
    /** Of all inputs, whose axes of length 1 are broadcast. */
    | { op: 'add' | 'multiply' | 'average'; activation: Activation }
    /** Along the last axis. */
    | { op: 'concatenation' }
    /**
     * (x - shift) scale + offset, with one number per channel (the last axis) or one for all, where no layer before could take them. The
     * difference comes first, because x may be far from zero.
     */
    | { op: 'affine'; shift: Float32Array; scale: Float32Array; offset: Float32Array; activation: Activation }
    /** Over the last axis: (x - mean) / sqrt(variance + epsilon) * gamma + beta. */
    | { op: 'layerNormalization'; epsilon: number; gamma: Float32Array; beta: Float32Array }
    | { op: 'activation'; activation: Activation }
    /** Over the last axis. */
    | { op: 'softmax' }
    | { op: 'padding'; margins: Margins }
    | { op: 'cropping'; margins: Margins }
    /** Each pixel becomes a block of pixels: copies of it, or, with `zeros`, itself at the top left and zeros. */
    | { op: 'upsampling'; times: readonly [number, number]; zeros: boolean }
    /** The same elements in another shape. */
    | { op: 'reshaping' }
    /** The steps of a sequence, the last one first. */
    | { op: 'reversal' }
    /** The embeddings are [tokens, width]. */
    | { op: 'embedding'; embeddings: Float32Array }
    /**
     * The cells of Keras over a sequence [steps, gates units]: the projections of the inputs, with the gates in Keras's order and the biases
     * added, which a dense node computes. The state begins with zeros. The recurrent kernel is [units, gates units]; a gru also has a bias for
     * the projections of the state, [gates units].
     */
    | {
        op: 'recurrence'
        cell: 'lstm' | 'gru' | 'simpleRnn'
        units: number
        returnsSequences: boolean
        recurrentKernel: Float32Array
        stateBias?: Float32Array
      }
  )
