import * as tf from '@tensorflow/tfjs-core'

/** The kernels of engines that multiply only by the weights that are not zero: `native/sparse-product.cc`. */
export const SPARSE_PRODUCT = 'SparseProduct'
export const SPARSE_INPUT_GRADIENT = 'SparseInputGradient'
export const SPARSE_POOLED_INPUT_GRADIENT = 'SparsePooledInputGradient'

/** Whether the engine has these kernels. */
export function hasSparseProducts(): boolean {
  return tf.getKernel(SPARSE_PRODUCT, tf.getBackend()) !== undefined
}

/** Of a convolution with strides of 1. */
type Padding = 'same' | 'valid'

/**
 * The operands of a convolution with strides of 1, x [batch, height, width, in] and filter [height, width, in, out], or of a product of
 * matrices, x [rows, in] and filter [in, out].
 */
export interface Operands {
  x: tf.Tensor
  filter: tf.Tensor
  /** [out] */
  bias?: tf.Tensor | undefined
}

/** y = x * filter + bias, or relu(y). @param options padding: of images */
export function sparseProduct(
  { x, filter, bias }: Operands,
  { padding = 'valid', rectify = false }: { padding?: Padding; rectify?: boolean } = {},
): tf.Tensor {
  const [rows, columns] = sidesOf(filter)
  const resultOf = (side: number, kernel: number) => (padding === 'same' ? side : side - kernel + 1)
  const geometry = [
    ...[marginOf(rows, padding), marginOf(columns, padding)],
    ...[resultOf(heightOf(x), rows), resultOf(widthOf(x), columns)],
    ...NO_POOL,
  ]
  return run(SPARSE_PRODUCT, { x, w: filter, bias: bias ?? tf.zeros([0]) }, { geometry, rectify })
}

/** The gradient at x, given the gradient `dy` at the product before it is rectified. */
export function sparseInputGradient(
  operands: Operands,
  dy: tf.Tensor,
  padding: Padding = 'valid',
): tf.Tensor {
  const geometry = [...backward(operands, padding), ...NO_POOL]
  return run(SPARSE_INPUT_GRADIENT, { dy, w: operands.filter }, { geometry })
}

/** The same for the gradient `dp` behind a max pool. @param operands at: the maximum of each window, as in `PooledPass` */
export function sparsePooledInputGradient(
  { at, ...operands }: Operands & { at: tf.Tensor },
  { padding, pool }: { padding: Padding; pool: readonly [number, number] },
  dp: tf.Tensor,
): tf.Tensor {
  const geometry = [...backward(operands, padding), ...pool]
  return run(SPARSE_POOLED_INPUT_GRADIENT, { dp, at, w: operands.filter }, { geometry })
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor[]>(kernel, inputs, { ...attributes })[0]!
}

const NO_POOL = [1, 1]

/** The margins of the gradient at the output, which the turned kernel moves over, and the size of x. */
function backward({ x, filter }: Operands, padding: Padding): number[] {
  const margins = sidesOf(filter).map(side => side - 1 - marginOf(side, padding))
  return [...margins, heightOf(x), widthOf(x)]
}

/** Padding before the first row or column, as TensorFlow distributes it. */
function marginOf(side: number, padding: Padding): number {
  return padding === 'same' ? (side - 1) >> 1 : 0
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
