import { z } from 'zod'
import type { LayerDefinition } from './layers/layer-definition.ts'
import { LAYERS, type LayerType } from './layers/layers.ts'
import { NETWORK_INPUT } from './shape.ts'

/** The fields of every layer. */
const named = {
  name: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^/\p{Cc}\p{Cs}]*$/u, 'must be a name without slashes, control characters and lone surrogates')
    .refine(
      value => value !== NETWORK_INPUT,
      `must not be "${NETWORK_INPUT}", the name of the network's input`,
    )
    .meta({ pattern: '^[^/\\u0000-\\u001f\\u007f-\\u009f]*$' }),
  /** Names of earlier layers, or `input` for the network's input. Absent: the layer before or, for the first layer, the network's input. */
  inputs: z.array(z.string()).min(1).max(1000).readonly().exactOptional(),
}

type OutputOf<Type extends LayerType> =
  (typeof LAYERS)[Type] extends LayerDefinition<infer Schema>
    ? z.output<z.ZodObject<Schema & typeof named & { type: z.ZodLiteral<Type> }>>
    : never

export type { LayerType }
export type LayerOf<Type extends LayerType> = { [Key in Type]: OutputOf<Key> }[Type]
export type LayerSpec = LayerOf<LayerType>
export type RecurrentLayer = LayerOf<'lstm' | 'gru' | 'simpleRnn'>

const definitions = Object.entries<LayerDefinition>(LAYERS)
const [first, ...others] = definitions.map(([type, { schema }]) =>
  z.strictObject({ type: z.literal(type), ...schema, ...named }),
)
const layer = z.discriminatedUnion('type', [first!, ...others]) as unknown as z.ZodType<LayerSpec>

/**
 * A network as a value: the shape of an example, without the batch axis, and the layers in order. The output of the last layer is the
 * logits.
 */
export const Topology = z.strictObject({
  inputShape: z.array(z.int().min(1)).min(1).max(8).readonly(),
  layers: z
    .array(layer)
    .min(1)
    .max(1000)
    .superRefine((layers, context) => {
      const seen = new Set<string>()
      for (const [index, { name }] of layers.entries()) {
        const message = `"${name}" is also the name of another layer`
        if (seen.has(name)) context.addIssue({ code: 'custom', path: [index, 'name'], message })
        seen.add(name)
      }
    })
    .readonly(),
})
export type Topology = z.output<typeof Topology>

/** The definition of a layer's type. */
export function definitionOf({ type }: Pick<LayerSpec, 'type'>): LayerDefinition {
  return LAYERS[type]
}
