import { z } from 'zod'
import { type Converter, converter, extent, last, length, padding } from '#interchange/keras/options.ts'
import type { LayerType } from '#network/topology.ts'

/** @param window how its size and steps are given: over images or over sequences */
const pooling = (type: LayerType, window: typeof extent | typeof length) =>
  converter(
    { pool_size: window.optional(), strides: window.nullish(), padding, data_format: last },
    ({ pool_size: poolSize = 2, strides, padding }) => ({
      type,
      poolSize,
      strides: strides ?? poolSize,
      padding,
    }),
  )

const globalPooling = (type: LayerType) =>
  converter({ data_format: last, keepdims: z.boolean().nullish() }, ({ keepdims }) => ({
    type,
    ...(keepdims && { keepDims: true as const }),
  }))

/** Pools over images and over sequences, in windows or over all there is. */
export const POOLING_LAYERS: Readonly<Record<string, Converter>> = {
  MaxPooling2D: pooling('maxPooling2d', extent),
  AveragePooling2D: pooling('averagePooling2d', extent),
  GlobalAveragePooling2D: globalPooling('globalAveragePooling2d'),
  GlobalMaxPooling2D: globalPooling('globalMaxPooling2d'),
  MaxPooling1D: pooling('maxPooling1d', length),
  AveragePooling1D: pooling('averagePooling1d', length),
  GlobalAveragePooling1D: globalPooling('globalAveragePooling1d'),
  GlobalMaxPooling1D: globalPooling('globalMaxPooling1d'),
}
