import { z } from 'zod'
import type { Refuse } from '#network/check-topology.ts'
import type { LayerSpec } from '#network/topology.ts'
import { ACTIVATION_LAYERS } from './layers/activation.ts'
import { CONVOLUTION_LAYERS } from './layers/convolution.ts'
import { POOLING_LAYERS } from './layers/pooling.ts'
import { PREPROCESSING_LAYERS } from './layers/preprocessing.ts'
import { SEQUENCE_CONVERTERS } from './layers/recurrent.ts'
import {
  activation,
  type Converter,
  converter,
  extent,
  kernelOf,
  last,
  lengths,
  margins,
  nothing,
  one,
  only,
  padding,
  size,
  weighted,
} from './options.ts'
import { always } from './read-initializer.ts'
import { STEP_LAYERS } from './step-layers.ts'
import { quoted } from './word.ts'

/** A layer of a Keras model, and the names of those it takes from. */
export interface KerasLayer {
  /** Where it is in the file, for errors. */
  path: string
  name: string
  className: string
  config: Readonly<Record<string, unknown>>
  inputs: readonly string[]
}

/** Of what is drawn in a dropout: a number for each unit, or [null, 1, 1, 1], one for each example. */
const noiseShape = z
  .unknown()
  .refine(
    shape =>
      shape == null ||
      (Array.isArray(shape) && shape[0] === null && shape.slice(1).every(length => length === 1)),
    'must be null, or [null, 1, ..., 1]',
  )
  .optional()

const CONVERTERS: Readonly<Record<string, Converter>> = {
  Dense: converter({ units: size, activation, ...weighted }, config => ({
    type: 'dense',
    units: config.units,
    ...kernelOf(config),
  })),
  Conv2D: converter(
    {
      filters: size,
      kernel_size: extent,
      strides: extent.default(1),
      padding,
      data_format: last,
      dilation_rate: one.optional(),
      groups: only(1),
      activation,
      ...weighted,
    },
    config => ({
      type: 'conv2d',
      filters: config.filters,
      kernelSize: config.kernel_size,
      strides: config.strides,
      padding: config.padding,
      ...kernelOf(config),
    }),
  ),
  ...CONVOLUTION_LAYERS,
  ...STEP_LAYERS,
  ...POOLING_LAYERS,
  ...PREPROCESSING_LAYERS,
  ZeroPadding2D: converter({ padding: margins, data_format: last }, ({ padding }) => ({
    type: 'zeroPadding2d',
    padding,
  })),
  UpSampling2D: converter(
    { size: extent.default(2), interpolation: only('nearest'), data_format: last },
    config => ({ type: 'upSampling2d', size: config.size }),
  ),
  BatchNormalization: converter(
    {
      // Which axis that is depends on the input: keras-model.ts sees to it.
      axis: z.union([z.int(), z.array(z.int()).length(1)]).default(-1),
      momentum: z.number().min(0).max(1).default(0.99),
      epsilon: z.number().positive().default(1e-3),
      center: z.boolean().default(true),
      scale: z.boolean().default(true),
      // Without renorm, which has to be off, it says nothing.
      renorm_momentum: z.unknown().optional(),
      gamma_initializer: always('ones'),
      beta_initializer: always('zeros'),
      moving_mean_initializer: always('zeros'),
      moving_variance_initializer: always('ones'),
      gamma_regularizer: nothing,
      beta_regularizer: nothing,
      gamma_constraint: nothing,
      beta_constraint: nothing,
    },
    ({ momentum, epsilon, center, scale }) => ({
      type: 'batchNormalization',
      momentum,
      epsilon,
      ...(!scale && { scale }),
      ...(!center && { center }),
    }),
  ),
  Activation: converter({ activation }, config => ({ type: 'activation', activation: config.activation })),
  ...ACTIVATION_LAYERS,
  Dropout: converter(
    { rate: z.number().min(0).lt(1), noise_shape: noiseShape, seed: z.unknown().optional() },
    ({ rate, noise_shape: noiseShape }) => ({
      type: 'dropout',
      rate,
      ...(noiseShape ? { perExample: true as const } : {}),
    }),
  ),
  Add: converter({}, () => ({ type: 'add' })),
  Multiply: converter({}, () => ({ type: 'multiply' })),
  Average: converter({}, () => ({ type: 'average' })),
  // Which axis is the last one depends on the inputs: keras-model.ts sees to it.
  Concatenate: converter({ axis: z.int().default(-1) }, () => ({ type: 'concatenate' })),
  Reshape: converter({ target_shape: lengths }, ({ target_shape: shape }) => ({ type: 'reshape', shape })),
  Flatten: converter({ data_format: last }, () => ({ type: 'flatten' })),
  ...SEQUENCE_CONVERTERS,
}

const MODELS: ReadonlySet<string> = new Set(['Sequential', 'Functional', 'Model'])

/** The same layer as it is trained here, but for its name and inputs. */
export function layerFromKeras(
  { className, config, path }: KerasLayer,
  refuse: Refuse,
): Omit<LayerSpec, 'name'> {
  const convert = Object.hasOwn(CONVERTERS, className) ? CONVERTERS[className] : undefined
  if (!convert) return refuseClass(className, path, refuse)
  const converted = convert(config)
  if ('layer' in converted) return converted.layer
  const { path: place, message } = converted.issue
  refuse(`${path}.config.${place.join('.')}`, message)
}

/** Whether layers of the class are trained here; the input is one that nothing has to be done for. */
export function isKnownClass(className: string): boolean {
  return className === 'InputLayer' || Object.hasOwn(CONVERTERS, className)
}

/** Says why layers of a class are not trained here. */
export function refuseClass(className: string, path: string, refuse: Refuse): never {
  return refuse(
    `${path}.class_name`,
    MODELS.has(className)
      ? `is ${className}, a model inside a model: build one model of the layers themselves`
      : `is ${quoted(className)}; what is trained here is: ${Object.keys(CONVERTERS).join(', ')}`,
  )
}
