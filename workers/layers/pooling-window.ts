import type { Extent, Padding } from '#network/layers/options.ts'
import { sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'

/** The windows of a pool over images. */
export interface Pool {
  poolSize: Extent
  strides?: Extent
  padding?: Padding
}

/** Attributes of tfjs's pooling kernels. */
export function poolingWindow({ poolSize, strides = poolSize, padding: pad = 'valid' }: Pool) {
  const [height, width] = sidesOf(poolSize)
  const [down, right] = sidesOf(strides)
  return {
    filterSize: [height, width] as [number, number],
    strides: [down, right] as [number, number],
    pad,
  }
}

/** The windows of a pool over sequences, as images of one row. */
export function poolOfRows({
  poolSize,
  strides = poolSize,
  padding,
}: LayerOf<'maxPooling1d' | 'averagePooling1d'>): Pool {
  return { poolSize: [1, poolSize], strides: [1, strides], ...(padding && { padding }) }
}
