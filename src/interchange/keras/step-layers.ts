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
} from './options.ts'

/** Convolutions over sequences. */
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
}
