import { z } from 'zod'
import {
  activation,
  type Converter,
  converter,
  extent,
  kernelOf,
  last,
  nothing,
  one,
  only,
  padding,
  size,
  weighted,
} from '#interchange/keras/options.ts'
import { initializer } from '#interchange/keras/read-initializer.ts'
import type { Initializer } from '#network/initializer-schema.ts'

const window = { kernel_size: extent, padding, data_format: last, dilation_rate: one.optional(), activation }

const depthwise = {
  ...window,
  strides: extent
    .default(1)
    .refine(strides => typeof strides === 'number', 'must be the same in both directions'),
  depth_multiplier: size.default(1),
  ...weighted,
  depthwise_initializer: initializer('glorotUniform'),
  depthwise_regularizer: nothing,
  depthwise_constraint: nothing,
  groups: only(1),
  // Older versions write the one of a kernel that there is not.
  kernel_initializer: z.unknown().optional(),
}

/** What the two depthwise layers have in common. */
const depthwiseOf = (config: z.output<z.ZodObject<typeof depthwise>>) => ({
  kernelSize: config.kernel_size,
  strides: config.strides,
  padding: config.padding,
  depthMultiplier: config.depth_multiplier,
  ...kernelOf({ ...config, kernel_initializer: config.depthwise_initializer as Initializer }),
})

/** Convolutions of other kinds than the plain one. */
export const CONVOLUTION_LAYERS: Readonly<Record<string, Converter>> = {
  DepthwiseConv2D: converter(depthwise, config => ({ type: 'depthwiseConv2d', ...depthwiseOf(config) })),
  SeparableConv2D: converter(
    {
      ...depthwise,
      filters: size,
      pointwise_initializer: initializer('glorotUniform'),
      pointwise_regularizer: nothing,
      pointwise_constraint: nothing,
    },
    config => ({
      type: 'separableConv2d',
      filters: config.filters,
      pointwiseInitializer: config.pointwise_initializer,
      ...depthwiseOf(config),
    }),
  ),
  Conv2DTranspose: converter(
    {
      ...window,
      filters: size,
      strides: extent.default(1),
      output_padding: nothing,
      groups: only(1),
      ...weighted,
    },
    config => ({
      type: 'conv2dTranspose',
      filters: config.filters,
      kernelSize: config.kernel_size,
      strides: config.strides,
      padding: config.padding,
      ...kernelOf(config),
    }),
  ),
}
