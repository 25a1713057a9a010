import * as tf from '@tensorflow/tfjs-core'

/** Kernels of engines that make use of what max pooling leaves of a gradient: `native/` describes them. */
export const POOL = 'PoolRectified'
export const FILTER_GRADIENT = 'PooledConvolutionFilterGradient'
export const INPUT_GRADIENT = 'PooledConvolutionInputGradient'

/** Of a convolution and the pool that follows it, rows before columns. */
export interface PooledGeometry {
  kernel: readonly [number, number]
  strides: readonly [number, number]
  /** Zeros before the first row and column. */
  margins: readonly [number, number]
  pool: readonly [number, number]
}

/** p = maxPool(y), y = relu(x * filter + bias), images [batch, height, width, channels]. */
export interface PooledPass {
  x: tf.Tensor
  filter: tf.Tensor
  /** Which element of its window each of p's is, -1 for none. */
  at: tf.Tensor
}

export function hasPooledGradients(): boolean {
  return tf.getKernel(POOL, tf.getBackend()) !== undefined
}

/** Max pooling of what was rectified. */
export function poolRectified(y: tf.Tensor, geometry: PooledGeometry): { p: tf.Tensor; at: tf.Tensor } {
  const [p, at] = run(POOL, { y }, geometry)
  return { p: p!, at: at! }
}

/** Takes the gradient at p to those at the filter, the bias and x. */
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
