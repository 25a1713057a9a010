import {
  activation,
  type Converter,
  converter,
  kernelOf,
  last,
  length,
  one,
  only,
  padding,
  size,
  weighted,
} from './keras-options.ts'

const pooling = (type: 'maxPooling1d' | 'averagePooling1d') =>
  converter(
    { pool_size: length.default(2), strides: length.nullish(), padding, data_format: last },
    ({ pool_size: poolSize, strides, padding }) => ({
      type,
      poolSize,
      strides: strides ?? poolSize,
      padding,
    }),
  )

const globalPooling = (type: 'globalAveragePooling1d' | 'globalMaxPooling1d') =>
  converter({ data_format: last, keepdims: only(false) }, () => ({ type }))

/** Convolutions and pools over sequences. */
export const STEP_LAYERS: Readonly<Record<string, Converter>> = {
  Conv1D: converter(
    {
      filters: size,
      kernel_size: length,
      strides: length.default(1),
      padding,
      data_format: last,
      dilation_rate: one.optional(),
      groups: only(1),
      activation,
      ...weighted,
    },
    config => ({
      type: 'conv1d',
      filters: config.filters,
      kernelSize: config.kernel_size,
      strides: config.strides,
      padding: config.padding,
      ...kernelOf(config),
    }),
  ),
  MaxPooling1D: pooling('maxPooling1d'),
  AveragePooling1D: pooling('averagePooling1d'),
  GlobalAveragePooling1D: globalPooling('globalAveragePooling1d'),
  GlobalMaxPooling1D: globalPooling('globalMaxPooling1d'),
}
