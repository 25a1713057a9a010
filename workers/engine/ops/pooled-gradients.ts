import * as tf from '@tensorflow/tfjs-core'

/** The kernels of engines that compute only with the non-zero elements of a gradient after max pooling; see `native/`. */
export const POOL = 'PoolRectified'
export const FILTER_GRADIENT = 'PooledConvolutionFilterGradient'
export const INPUT_GRADIENT = 'PooledConvolutionInputGradient'

/** The geometry of a convolution and the pooling that follows it, rows before columns. */
export interface PooledGeometry {
  kernel: readonly [number, number]
  strides: readonly [number, number]
  /** Padding before the first row and column. */
  margins: readonly [number, number]
  pool: readonly [number, number]
}

/** p = maxPool(y), y = relu(x * filter + bias), images [batch, height, width, channels]. */
export interface PooledPass {
  x: tf.Tensor
  filter: tf.Tensor
  /** For each element of p, the index of the maximum in its window, or -1 if the element has no gradient. */
  at: tf.Tensor
}

export function hasPooledGradients(): boolean {
  return tf.getKernel(POOL, tf.getBackend()) !== undefined
}

/** Max pooling of y = relu(...). */
export function poolRectified(y: tf.Tensor, geometry: PooledGeometry): { p: tf.Tensor; at: tf.Tensor } {
  const [p, at] = run(POOL, { y }, geometry)
  return { p: p!, at: at! }
}

/** Computes the gradients at the filter, the bias and x from the gradient `dp` at p. */
export function pooledGradients({ x, filter, at }: PooledPass, geometry: PooledGeometry, dp: tf.Tensor) {
  const [filterGradient, biasGradient] = run(FILTER_GRADIENT, { x, dp, at }, geometry)
  const dx = () => run(INPUT_GRADIENT, { x, w: filter, dp, at }, geometry)[0]!
  return { filterGradient: filterGradient!, biasGradient: biasGradient!, dx }
}

function run(kernel: string, inputs: tf.NamedTensorMap, geometry: PooledGeometry): tf.Tensor[] {
  const { kernel: sides, strides, margins, pool } = geometry
  const attributes = { geometry: [...sides, ...strides, ...margins, ...pool] }
  return [tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(kernel, inputs, attributes)].flat()
}
