import type * as tf from '@tensorflow/tfjs-core'
import type { PlacedLayer } from '#network/place-layers.ts'
import { elementCount, sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import {
  hasPooledGradients,
  type PooledGeometry,
  pooledGradients,
  poolRectified,
} from '#workers/engine/ops/pooled-gradients.ts'
import { sparsePooledInputGradient } from '#workers/engine/ops/sparse-products.ts'
import { convolution } from './convolution.ts'
import { absorbable, type Fusion } from './fusion.ts'
import type { Layer } from './layer.ts'
import { maxPooling } from './max-pooling.ts'

/** In elements of a window, one of which is the maximum. With fewer, a gradient over all elements is as fast. */
const WORTHWHILE = 4

/** The max pool at `index` fused with the rectified convolution before it, whose output no other layer uses. */
export function pooledConvolutionAt(
  index: number,
  placed: readonly PlacedLayer[],
  skipping: ReadonlySet<string> = new Set(),
): Fusion | undefined {
  const { layer: pool, inputs } = placed[index]!
  if (pool.type !== 'maxPooling2d') return
  const [source] = inputs as [number]
  const before = absorbable('conv2d', source, placed)
  if (before?.layer.activation !== 'relu') return
  if (elementCount(sidesOf(pool.poolSize)) < WORTHWHILE || !isTiled(pool, before.outputShape)) return
  const skipsZeros = skipping.has(before.layer.name)
  const layer = pooledConvolution(before.layer, pool, { inputShape: before.inputShape, skipsZeros })
  return { layer, absorbed: [source], inputs: before.inputs }
}

/** Whether no two windows overlap, and all are within the image. */
function isTiled({ poolSize, strides, padding }: LayerOf<'maxPooling2d'>, image: readonly number[]): boolean {
  const [rows, columns] = sidesOf(poolSize)
  const [down, right] = sidesOf(strides ?? poolSize)
  const isWithin = padding !== 'same' || (image[0]! % rows === 0 && image[1]! % columns === 0)
  return rows === down && columns === right && isWithin
}

/** Both layers as one. Its gradient is computed only where it is not zero: at the maximum of each window. */
function pooledConvolution(
  spec: LayerOf<'conv2d'>,
  pool: LayerOf<'maxPooling2d'>,
  { inputShape, skipsZeros }: { inputShape: readonly number[]; skipsZeros: boolean },
): Layer {
  const [convolve, choose] = [convolution(spec, { skipsZeros }), maxPooling(pool)]
  const geometry = geometryOf(spec, pool, inputShape)
  return call => {
    const convolved = convolve(call)
    if (!call.pass || !hasPooledGradients()) {
      const chosen = choose({ ...call, inputs: [convolved.y] })
      return { y: chosen.y, pullback: dp => convolved.pullback(chosen.pullback(dp).dx(0)) }
    }
    const { p, at } = poolRectified(convolved.y, geometry)
    const pass = { x: call.inputs[0]!, filter: call.variables[`${spec.name}/kernel`]!, at }
    return {
      y: p,
      pullback(dp: tf.Tensor) {
        const { filterGradient, biasGradient, dx } = pooledGradients(pass, geometry, dp)
        return {
          gradients: {
            [`${spec.name}/kernel`]: filterGradient,
            ...(spec.biasInitializer && { [`${spec.name}/bias`]: biasGradient }),
          },
          dx: skipsZeros
            ? () => sparsePooledInputGradient(pass, { padding: spec.padding, pool: geometry.pool }, dp)
            : dx,
        }
      },
    }
  }
}

function geometryOf(
  { kernelSize, strides = 1, padding }: LayerOf<'conv2d'>,
  { poolSize }: LayerOf<'maxPooling2d'>,
  inputShape: readonly number[],
): PooledGeometry {
  const [kernel, steps] = [sidesOf(kernelSize), sidesOf(strides)]
  const marginOf = (side: 0 | 1) => {
    if (padding !== 'same') return 0
    const outputs = Math.ceil(inputShape[side]! / steps[side])
    return Math.max(0, (outputs - 1) * steps[side] + kernel[side] - inputShape[side]!) >> 1
  }
  return { kernel, strides: steps, margins: [marginOf(0), marginOf(1)], pool: sidesOf(poolSize) }
}
