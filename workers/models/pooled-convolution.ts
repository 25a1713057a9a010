import type * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import { elementCount, type PlacedLayer, sidesOf } from '#domain/shape.ts'
import {
  hasPooledGradients,
  type PooledGeometry,
  pooledGradients,
  poolRectified,
} from '#workers/engine/pooled-gradients.ts'
import { convolution } from './convolution.ts'
import type { Layer } from './layer.ts'
import { maxPooling } from './max-pooling.ts'

/** A convolution whose output goes, rectified, into a pool and nowhere else. */
export interface PooledConvolution {
  convolution: LayerOf<'conv2d'>
  pool: LayerOf<'maxPooling2d'>
  inputShape: readonly number[]
}

/** Elements of a window of which one is taken: with fewer, multiplying all of them is as fast. */
const WORTHWHILE = 4

/** What the layer at `index` makes with the one before it, if those two are such a pair. */
export function pooledConvolutionAt(
  index: number,
  placed: readonly PlacedLayer[],
): PooledConvolution | undefined {
  const { layer: pool, inputs } = placed[index]!
  const [source] = inputs
  if (pool.type !== 'maxPooling2d' || source === undefined || source < 0) return
  const { layer, inputShape, outputShape } = placed[source]!
  if (layer.type !== 'conv2d' || layer.activation !== 'relu') return
  if (placed.filter(({ inputs }) => inputs.includes(source)).length > 1) return
  if (elementCount(sidesOf(pool.poolSize)) < WORTHWHILE || !isTiled(pool, outputShape)) return
  return { convolution: layer, pool, inputShape }
}

/** Whether no two windows meet, and all lie within the image. */
function isTiled({ poolSize, strides, padding }: LayerOf<'maxPooling2d'>, image: readonly number[]): boolean {
  const [rows, columns] = sidesOf(poolSize)
  const [down, right] = sidesOf(strides ?? poolSize)
  const isWithin = padding !== 'same' || (image[0]! % rows === 0 && image[1]! % columns === 0)
  return rows === down && columns === right && isWithin
}

/** Both layers as one, whose gradient is taken where there is one: at the largest element of each window. */
export function pooledConvolution({ convolution: spec, pool, inputShape }: PooledConvolution): Layer {
  const [convolve, choose] = [convolution(spec), maxPooling(pool)]
  const geometry = geometryOf(spec, pool, inputShape)
  return call => {
    const convolved = convolve(call)
    if (!hasPooledGradients()) {
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
          dx,
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
