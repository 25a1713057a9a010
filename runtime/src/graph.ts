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

/**
 * A function of each element: leakyRelu is x where x is positive and `slope` x elsewhere; the others are those of Keras 3, and Keras 2's
 * hardSigmoid.
 */
export type Activation =
  | { name: 'leakyRelu'; slope: number }
  | {
      name:
        | 'linear'
        | 'relu'
        | 'relu6'
        | 'elu'
        | 'selu'
        | 'softplus'
        | 'softsign'
        | 'tanh'
        | 'sigmoid'
        | 'hardSigmoid'
        | 'keras2HardSigmoid'
        | 'gelu'
        | 'silu'
        | 'hardSilu'
    }

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
  /** The name of the layer, for messages. */
  name: string
  /** Indexes of nodes. */
  inputs: readonly number[]
  /** The shape of the output. */
  shape: Shape
}

export type GraphNode = Common &
  (
    | { op: 'input' }
    /** The kernel is [height, width, in, out]. A 1-D convolution is one over images of height 1, between reshapings. */
    | ({ op: 'convolution' } & Windows & Weighted)
    /** The kernel is [height, width, in, multiplier]; output channel c * multiplier + m belongs to input channel c. */
    | ({ op: 'depthwiseConvolution'; multiplier: number } & Windows & Weighted)
    /** The gradient of a convolution by its input: the margins are those of that convolution. The kernel is [height, width, out, in]. */
    | ({ op: 'transposedConvolution' } & Windows & Weighted)
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
    /** Repeats each pixel. */
    | { op: 'upsampling'; times: readonly [number, number] }
    /** [features] becomes [times, features]. */
    | { op: 'repetition'; times: number }
    /** The same elements in another shape. */
    | { op: 'reshaping' }
    /** The steps of a sequence, the last one first. */
    | { op: 'reversal' }
    /** The embeddings are [tokens, width]. */
    | { op: 'embedding'; embeddings: Float32Array }
    /**
     * From a state of zeros. The kernel is [in, gates units], the recurrent kernel [units, gates units], with the gates in Keras's order; the bias is [gates units], of
     * a gru [2, gates units], for the input and for the state.
     */
    | {
        op: 'recurrence'
        cell: 'lstm' | 'gru' | 'simpleRnn'
        units: number
        returnsSequences: boolean
        kernel: Float32Array
        recurrentKernel: Float32Array
        bias?: Float32Array
      }
  )
