import { z } from 'zod'
import { always, initializer } from './keras-initializer.ts'
import { type Converter, converter, nothing, size } from './keras-options.ts'
import { SEQUENCE_CONVERTERS } from './keras-sequence-layers.ts'
import { ACTIVATIONS, type Activation, type Initializer, type Layer } from './model-spec.ts'

/** A layer of a Keras model, and the names of those it takes from. */
export interface KerasLayer {
  /** Where it is in the file, for errors. */
  path: string
  name: string
  className: string
  config: Readonly<Record<string, unknown>>
  inputs: readonly string[]
}

/** Ends the reading with what is wrong at a place. */
export type Refuse = (place: string, message: string) => never

const pair = z
  .union([size, z.array(size).length(2)])
  .transform(value => (typeof value === 'number' ? [value, value] : value))
const square = pair.refine(([height, width]) => height === width, 'must be the same in both directions')
const one = pair.refine(([height, width]) => height === 1 && width === 1, 'must be 1')
const last = z.literal('channels_last', 'must be channels_last').nullish()
const activation = z.enum(ACTIVATIONS, `must be one of: ${ACTIVATIONS.join(', ')}`).nullish()
/** At the end, where it becomes part of the loss. */
const lastActivation = z
  .enum(['linear', 'softmax'], 'must be linear or softmax: this layer gives the logits')
  .nullish()

const unconstrained = {
  kernel_regularizer: nothing,
  bias_regularizer: nothing,
  activity_regularizer: nothing,
  kernel_constraint: nothing,
  bias_constraint: nothing,
}
const weighted = {
  use_bias: z.boolean().default(true),
  kernel_initializer: initializer('glorotUniform'),
  bias_initializer: initializer('zeros'),
  ...unconstrained,
}

const kernelOf = (config: {
  activation?: Activation | 'softmax' | null | undefined
  use_bias: boolean
  kernel_initializer: Initializer
  bias_initializer: Initializer
}) => ({
  activation: config.activation === 'softmax' ? 'linear' : (config.activation ?? 'linear'),
  kernelInitializer: config.kernel_initializer,
  ...(config.use_bias && { biasInitializer: config.bias_initializer }),
})

const pooling = (type: 'maxPooling2d' | 'averagePooling2d') =>
  converter(
    () => ({
      pool_size: square.default([2, 2]),
      strides: square.nullish(),
      padding: z.literal('valid', 'must be valid').default('valid'),
      data_format: last,
    }),
    ({ pool_size: [poolSize], strides }) => ({ type, poolSize, strides: strides?.[0] ?? poolSize }),
  )

const CONVERTERS: Readonly<Record<string, Converter>> = {
  Dense: converter(
    isLast => ({ units: size, activation: isLast ? lastActivation : activation, ...weighted }),
    config => ({ type: 'dense', units: config.units, ...kernelOf(config) }),
  ),
  Conv2D: converter(
    () => ({
      filters: size,
      kernel_size: square,
      strides: square.default([1, 1]),
      padding: z.enum(['valid', 'same']).default('valid'),
      data_format: last,
      dilation_rate: one.default([1, 1]),
      groups: z.literal(1, 'must be 1').default(1),
      activation,
      ...weighted,
    }),
    config => ({
      type: 'conv2d',
      filters: config.filters,
      kernelSize: config.kernel_size[0],
      strides: config.strides[0],
      padding: config.padding,
      ...kernelOf(config),
    }),
  ),
  MaxPooling2D: pooling('maxPooling2d'),
  AveragePooling2D: pooling('averagePooling2d'),
  ZeroPadding2D: converter(
    () => ({
      padding: z
        .union([z.int(), z.array(z.union([z.int(), z.array(z.int()).length(2)])).length(2)])
        .transform(value => new Set([value].flat(3)))
        .refine(sides => sides.size === 1, 'must be the same on all four sides'),
      data_format: last,
    }),
    ({ padding }) => ({ type: 'zeroPadding2d', padding: [...padding][0] }),
  ),
  BatchNormalization: converter(
    () => ({
      // Which axis that is depends on the input: keras-model.ts sees to it.
      axis: z.union([z.int(), z.array(z.int()).length(1)]).default(-1),
      momentum: z.number().min(0).max(1).default(0.99),
      epsilon: z.number().positive().default(1e-3),
      center: z.literal(true, 'must be true').default(true),
      scale: z.literal(true, 'must be true').default(true),
      gamma_initializer: always('ones'),
      beta_initializer: always('zeros'),
      moving_mean_initializer: always('zeros'),
      moving_variance_initializer: always('ones'),
      gamma_regularizer: nothing,
      beta_regularizer: nothing,
      gamma_constraint: nothing,
      beta_constraint: nothing,
    }),
    ({ momentum, epsilon }) => ({ type: 'batchNormalization', momentum, epsilon }),
  ),
  Activation: converter(
    () => ({ activation }),
    config => ({ type: 'activation', activation: config.activation ?? 'linear' }),
  ),
  ReLU: converter(
    () => ({
      max_value: nothing,
      negative_slope: z.literal(0, 'must be 0').nullish(),
      threshold: z.literal(0, 'must be 0').nullish(),
    }),
    () => ({ type: 'activation', activation: 'relu' }),
  ),
  Dropout: converter(
    () => ({ rate: z.number().min(0).lt(1), noise_shape: nothing }),
    ({ rate }) => ({ type: 'dropout', rate }),
  ),
  Add: converter(
    () => ({}),
    () => ({ type: 'add' }),
  ),
  GlobalAveragePooling2D: converter(
    () => ({ data_format: last, keepdims: z.literal(false, 'must be false').default(false) }),
    () => ({ type: 'globalAveragePooling2d' }),
  ),
  Flatten: converter(
    () => ({ data_format: last }),
    () => ({ type: 'flatten' }),
  ),
  ...SEQUENCE_CONVERTERS,
}

/** The same layer as it is trained here, but for its name and inputs. @param isLast whether its output goes to the loss as it is */
export function layerFromKeras(
  { className, config, path }: KerasLayer,
  isLast: boolean,
  refuse: Refuse,
): Omit<Layer, 'name'> {
  const convert = Object.hasOwn(CONVERTERS, className) ? CONVERTERS[className] : undefined
  if (!convert)
    refuse(
      `${path}.class_name`,
      `is ${className}; what is trained here is: ${Object.keys(CONVERTERS).join(', ')}`,
    )
  const converted = convert(config, isLast)
  if ('layer' in converted) return converted.layer
  const { path: place, message } = converted.issue
  refuse(`${path}.config.${place.join('.')}`, message)
}
