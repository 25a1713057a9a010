import { z } from 'zod'
import { converter, extent, last, length, padding } from '#interchange/keras/options.ts'
import type { POOLING_LAYERS } from '#network/layers/pooling.ts'
import { sidesOf } from '#network/shape.ts'
import type { KerasCodec, KerasCodecs } from './keras-codec.ts'

type ImagePool = 'maxPooling2d' | 'averagePooling2d'
type SequencePool = 'maxPooling1d' | 'averagePooling1d'
type GlobalPool = Exclude<keyof typeof POOLING_LAYERS, ImagePool | SequencePool>

const imagePooling = (type: ImagePool, class_name: string): KerasCodec<ImagePool> => ({
  read: {
    [class_name]: converter(
      { pool_size: extent.default(2), strides: extent.nullish(), padding, data_format: last },
      ({ pool_size: poolSize, strides, padding }) => ({
        type,
        poolSize,
        strides: strides ?? poolSize,
        padding,
      }),
    ),
  },
  write({ layer: { poolSize, strides = poolSize, padding = 'valid' } }) {
    const window = { pool_size: sidesOf(poolSize), strides: sidesOf(strides), padding }
    return { class_name, config: { ...window, data_format: 'channels_last' } }
  },
})

const sequencePooling = (type: SequencePool, class_name: string): KerasCodec<SequencePool> => ({
  read: {
    [class_name]: converter(
      { pool_size: length.default(2), strides: length.nullish(), padding, data_format: last },
      ({ pool_size: poolSize, strides, padding }) => ({
        type,
        poolSize,
        strides: strides ?? poolSize,
        padding,
      }),
    ),
  },
  write({ layer: { poolSize, strides = poolSize, padding = 'valid' } }) {
    return { class_name, config: { pool_size: [poolSize], strides: [strides], padding } }
  },
})

const globalPooling = (type: GlobalPool, class_name: string): KerasCodec<GlobalPool> => ({
  read: {
    [class_name]: converter({ data_format: last, keepdims: z.boolean().nullish() }, ({ keepdims }) => ({
      type,
      ...(keepdims && { keepDims: true as const }),
    })),
  },
  write: ({ layer: { keepDims }, inputShape }) => ({
    class_name,
    config: {
      ...(inputShape.length === 3 && { data_format: 'channels_last' }),
      ...(keepDims && { keepdims: true }),
    },
  }),
})

export const POOLING_CODECS: KerasCodecs<keyof typeof POOLING_LAYERS> = {
  maxPooling2d: imagePooling('maxPooling2d', 'MaxPooling2D'),
  averagePooling2d: imagePooling('averagePooling2d', 'AveragePooling2D'),
  globalAveragePooling2d: globalPooling('globalAveragePooling2d', 'GlobalAveragePooling2D'),
  globalMaxPooling2d: globalPooling('globalMaxPooling2d', 'GlobalMaxPooling2D'),
  maxPooling1d: sequencePooling('maxPooling1d', 'MaxPooling1D'),
  averagePooling1d: sequencePooling('averagePooling1d', 'AveragePooling1D'),
  globalAveragePooling1d: globalPooling('globalAveragePooling1d', 'GlobalAveragePooling1D'),
  globalMaxPooling1d: globalPooling('globalMaxPooling1d', 'GlobalMaxPooling1D'),
}
