import * as tf from '@tensorflow/tfjs-core'

/** The kernels of engines that multiply only by the weights that are not zero: `native/sparse-convolution.cc`. */
export const SPARSE_CONVOLUTION = 'SparseConvolution'
export const SPARSE_INPUT_GRADIENT = 'SparseConvolutionInputGradient'
export const SPARSE_POOLED_INPUT_GRADIENT = 'SparsePooledConvolutionInputGradient'

/** Whether the engine has these kernels. */
export function hasSparseProducts(): boolean {
  return tf.getKernel(SPARSE_CONVOLUTION, tf.getBackend()) !== undefined
}

/** The padding of a convolution at a stride of 1. */
export type Padding = 'same' | 'valid'

/** The operands of a convolution: x [batch, height, width, in] and filter [height, width, in, out], or x [rows, in] and filter [in, out]. */
export interface Operands {
  x: tf.Tensor
  filter: tf.Tensor
  /** [out] */
  bias?: tf.Tensor | undefined
}

/** y = x * filter + bias, or relu(y). */
export function sparseConvolution({ x, filter, bias }: Operands, pad: Padding, rectify: boolean): tf.Tensor {
  const inputs = { x, w: filter, bias: bias ?? tf.zeros([0]) }
  const [height, width] = sidesOf(filter)
  const resultOf = (side: number, kernel: number) => (pad === 'same' ? side : side - kernel + 1)
  const geometry = [
    marginOf(height, pad),
    marginOf(width, pad),
    resultOf(heightOf(x), height),
    resultOf(widthOf(x), width),
    ...NO_POOL,
  ]
  return run(SPARSE_CONVOLUTION, inputs, { geometry, rectify })
}

/** The gradient at x, given the gradient `dy` at the convolution's output before its activation. */
export function sparseInputGradient({ x, filter }: Operands, pad: Padding, dy: tf.Tensor): tf.Tensor {
  const geometry = [...backward(x, filter, pad), ...NO_POOL]
  return run(SPARSE_INPUT_GRADIENT, { dy, w: filter }, { geometry })
}

/** The same for the gradient `dp` behind a max pool with windows `pool`, whose maxima are `at`. */
export function sparsePooledInputGradient(
  { x, filter, at }: Operands & { at: tf.Tensor },
  pad: Padding,
  pool: readonly [number, number],
  dp: tf.Tensor,
): tf.Tensor {
  const geometry = [...backward(x, filter, pad), ...pool]
  return run(SPARSE_POOLED_INPUT_GRADIENT, { dp, at, w: filter }, { geometry })
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor[]>(kernel, inputs, { ...attributes })[0]!
}

const NO_POOL = [1, 1]

/** The margins of the gradient at the output, which the turned kernel moves over, and the size of x. */
function backward(x: tf.Tensor, filter: tf.Tensor, pad: Padding): number[] {
  const margins = sidesOf(filter).map(side => side - 1 - marginOf(side, pad))
  return [...margins, heightOf(x), widthOf(x)]
}

/** Padding before the first row or column, as TensorFlow distributes it. */
function marginOf(side: number, pad: Padding): number {
  return pad === 'same' ? (side - 1) >> 1 : 0
}

/** A matrix is an image of one pixel. */
function sidesOf({ rank, shape }: tf.Tensor): [number, number] {
  return rank === 4 ? [shape[0]!, shape[1]!] : [1, 1]
}

function heightOf({ rank, shape }: tf.Tensor): number {
  return rank === 4 ? shape[1]! : 1
}

function widthOf({ rank, shape }: tf.Tensor): number {
  return rank === 4 ? shape[2]! : 1
}
