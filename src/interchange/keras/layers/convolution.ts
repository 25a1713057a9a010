import { z } from 'zod'
import {
  activation,
  converter,
  extent,
  kernelOf,
  last,
  length,
  nothing,
  one,
  only,
  padding,
  size,
  weighted,
} from '#interchange/keras/options.ts'
import { initializer } from '#interchange/keras/read-initializer.ts'
import type { CONVOLUTION_LAYERS } from '#network/layers/convolution.ts'
import { sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import type { KerasCodecs } from './keras-codec.ts'

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
  // Older versions also write the initializer of a kernel, which these layers do not have.
  kernel_initializer: z.unknown().optional(),
}

const depthwiseOf = (config: z.output<z.ZodObject<typeof depthwise>>) => ({
  kernelSize: config.kernel_size,
  strides: config.strides,
  padding: config.padding,
  depthMultiplier: config.depth_multiplier,
  ...kernelOf({ ...config, kernel_initializer: config.depthwise_initializer }),
})

const depthwiseConfig = (layer: LayerOf<'depthwiseConv2d' | 'separableConv2d'>) => ({
  ...windowConfig(layer),
  depth_multiplier: layer.depthMultiplier,
  ...outputConfig(layer),
})

export const CONVOLUTION_CODECS: KerasCodecs<keyof typeof CONVOLUTION_LAYERS> = {
  conv2d: {
    read: {
      Conv2D: converter(
        { filters: size, ...window, strides: extent.default(1), groups: only(1), ...weighted },
        config => ({
          type: 'conv2d',
          filters: config.filters,
          kernelSize: config.kernel_size,
          strides: config.strides,
          padding: config.padding,
          ...kernelOf(config),
        }),
      ),
    },
    write: ({ layer }) => ({
      class_name: 'Conv2D',
      config: { filters: layer.filters, ...windowConfig(layer), ...outputConfig(layer) },
    }),
  },
  depthwiseConv2d: {
    read: {
      DepthwiseConv2D: converter(depthwise, config => ({ type: 'depthwiseConv2d', ...depthwiseOf(config) })),
    },
    write: ({ layer }) => ({ class_name: 'DepthwiseConv2D', config: depthwiseConfig(layer) }),
  },
  separableConv2d: {
    read: {
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
    },
    write: ({ layer }) => ({
      class_name: 'SeparableConv2D',
      config: { ...depthwiseConfig(layer), filters: layer.filters },
    }),
  },
  conv2dTranspose: {
    read: {
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
    },
    // `data_format` comes last, as in the files of earlier versions: the same model has the same bytes.
    write({ layer }) {
      const { data_format, ...output } = outputConfig(layer)
      return {
        class_name: 'Conv2DTranspose',
        config: { filters: layer.filters, ...windowConfig(layer), ...output, data_format },
      }
    },
  },
  conv1d: {
    read: {
      Conv1D: converter(
        {
          ...window,
          filters: size,
          kernel_size: length,
          strides: length.default(1),
          groups: only(1),
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
    },
    write({ layer: { filters, kernelSize, strides = 1, padding, activation, biasInitializer } }) {
      const config = { filters, kernel_size: [kernelSize], strides: [strides], padding, activation }
      return { class_name: 'Conv1D', config: { ...config, use_bias: biasInitializer !== undefined } }
    },
  },
}

type OverImages = LayerOf<'conv2d' | 'conv2dTranspose' | 'depthwiseConv2d' | 'separableConv2d'>

function windowConfig({ kernelSize, strides = 1, padding }: OverImages) {
  return { kernel_size: sidesOf(kernelSize), strides: sidesOf(strides), padding }
}

function outputConfig({ activation, biasInitializer }: OverImages) {
  return { data_format: 'channels_last', activation, use_bias: biasInitializer !== undefined }
}
