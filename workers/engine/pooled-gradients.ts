import * as tf from '@tensorflow/tfjs-core'

/** Kernels of engines that make use of what max pooling leaves of a gradient: `native/pooled-convolution.cc` describes them. */
export const ROUTE = 'PoolRoute'
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
  y: tf.Tensor
  p: tf.Tensor
}

export function hasPooledGradients(): boolean {
  return tf.getKernel(ROUTE, tf.getBackend()) !== undefined
}

/** Takes the gradient at p to those at the filter, the bias and x. */
export function pooledGradients({ x, filter, y, p }: PooledPass, geometry: PooledGeometry, dp: tf.Tensor) {
  const { kernel, strides, margins, pool } = geometry
  const attributes = { geometry: [...kernel, ...strides, ...margins, ...pool] }
  const run = (name: string, inputs: tf.NamedTensorMap) =>
    tf.engine().runKernel<tf.Tensor[]>(name, inputs, attributes)
  const [g, at] = run(ROUTE, { y, p, dp }) as [tf.Tensor, tf.Tensor]
  const [filterGradient, biasGradient] = run(FILTER_GRADIENT, { x, g, at }) as [tf.Tensor, tf.Tensor]
  return { filterGradient, biasGradient, dx: () => run(INPUT_GRADIENT, { x, w: filter, g, at })[0]! }
}
