import { z } from 'zod'
import { plainMessage } from '#interchange/plain-message.ts'
import { ACTIVATIONS, type Activation } from '#network/activation.ts'
import type { Initializer } from '#network/initializer-schema.ts'
import type { Extent, Margins } from '#network/layers/options.ts'
import type { LayerOf, LayerType } from '#network/topology.ts'
import { initializer } from './read-initializer.ts'
import { plainWord } from './word.ts'

export const size = z.int().min(1).max(1_000_000)
/** One number for both directions, or [height, width]. */
export const extent = z
  .union([size, z.array(size).length(2)])
  .transform(
    (value): Extent => (typeof value === 'number' || value[0] !== value[1] ? (value as Extent) : value[0]!),
  )
/** The size of a window over sequences, or its strides. */
export const length = z.union([size, z.array(size).length(1)]).transform(value => [value].flat()[0]!)
const line = z.int().min(0).max(1_000_000)
/** One number for all sides, [rows, columns], or [[top, bottom], [left, right]]. */
export const margins = z
  .union([line, z.array(z.union([line, z.array(line).length(2)])).length(2)])
  .transform((value): Margins => {
    const [rows, columns] = [value, value].flatMap((both, axis) => [Array.isArray(both) ? both[axis]! : both])
    const sides = [rows, columns].map(side => (Array.isArray(side) ? side : [side, side]))
    const all = new Set(sides.flat())
    return all.size === 1 ? [...all][0]! : (sides as unknown as Margins)
  })
/** A shape without the batch axis; one length may be -1. */
export const lengths = z
  .array(z.union([z.literal(-1), size]))
  .min(1)
  .max(8)
  .refine(shape => shape.filter(length => length === -1).length <= 1, 'must have one -1 at most')
export const one = z
  .union([z.int(), z.array(z.int())])
  .refine(value => [value].flat().every(length => length === 1), 'must be 1')
export const padding = z.enum(['valid', 'same'], 'must be valid or same').default('valid')
export const last = z.literal('channels_last', 'must be channels_last').nullish()
export const nothing = z.null('is not supported: leave it out').optional()
/** An option that may have one value only. */
export const only = <Value extends boolean | number | string>(value: Value) =>
  z.literal(value, `must be ${value}`).nullish()

const ALIASES: ReadonlyMap<string, Activation> = new Map([
  ['swish', 'silu'],
  ['hardswish', 'hardSilu'],
])

/** `hard_sigmoid` or `hardSigmoid`. */
export const activation = z
  .unknown()
  .optional()
  .transform((value, context): Activation => {
    if (value === undefined || value === null) return 'linear'
    const plain = plainWord(value)
    const found = ALIASES.get(plain) ?? ACTIVATIONS.find(known => known.toLowerCase() === plain)
    if (!found) context.addIssue(`must be one of: ${ACTIVATIONS.join(', ')}`)
    return found ?? 'linear'
  })

const withBias = {
  use_bias: z.boolean().default(true),
  bias_initializer: initializer('zeros'),
  bias_regularizer: nothing,
  bias_constraint: nothing,
  activity_regularizer: nothing,
}
/** A layer with one kernel. */
export const weighted = {
  ...withBias,
  kernel_initializer: initializer('glorotUniform'),
  kernel_regularizer: nothing,
  kernel_constraint: nothing,
}

/** Options that any layer may have. An unknown option that is off, null or false, changes nothing either. */
const common = {
  ...Object.fromEntries(
    ['name', 'dtype', 'batch_input_shape', 'batch_shape', 'input_shape'].map(key => [
      key,
      z.unknown().optional(),
    ]),
  ),
  // Has no effect in a layer without variables; check-layers.ts refuses it in the others.
  trainable: z.boolean().nullish(),
}
const off = z.union([z.null(), z.literal(false)], 'is not supported: leave it out').optional()

/** A layer without the fields that the model adds: its name and inputs. */
export type UnplacedLayer = { [Type in LayerType]: Omit<LayerOf<Type>, 'name' | 'inputs'> }[LayerType]

export type Converter = (config: unknown) => { layer: UnplacedLayer } | { issue: z.core.$ZodIssue }

/** A converter that checks the config first. */
export function converter<Shape extends z.ZodRawShape>(
  shape: Shape,
  convert: (config: z.output<z.ZodObject<Shape>>) => UnplacedLayer,
): Converter {
  return config => {
    const { data, error } = z
      .object({ ...common, ...shape })
      .catchall(off)
      .safeParse(config, { error: plainMessage })
    return data ? { layer: convert(data as z.output<z.ZodObject<Shape>>) } : { issue: error!.issues[0]! }
  }
}

const biasOf = (config: { use_bias: boolean; bias_initializer: Initializer }) =>
  config.use_bias ? { biasInitializer: config.bias_initializer } : {}

export const kernelOf = (config: {
  activation: Activation
  use_bias: boolean
  kernel_initializer: Initializer
  bias_initializer: Initializer
}) => ({
  activation: config.activation,
  kernelInitializer: config.kernel_initializer,
  ...biasOf(config),
})
