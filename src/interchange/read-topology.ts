import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import type { LossActivation } from '#domain/loss.ts'
import { checkTopology } from '#network/check-topology.ts'
import { LAYER_FIELDS } from '#network/layer-schemas.ts'
import { NETWORK_INPUT } from '#network/shape.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'
import { type ReadModel, readKerasModel, readModelOfAnyLoss } from './keras/read-model.ts'
import { parseByZod } from './parse-by-zod.ts'

const name = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^/]*$/, 'must be a name without slashes')
  .refine(value => value !== NETWORK_INPUT, `must not be "${NETWORK_INPUT}", the name of the network's input`)
const [firstLayer, ...otherLayers] = Object.entries(LAYER_FIELDS).map(([type, fields]) =>
  z.strictObject({
    type: z.literal(type),
    ...(fields as z.ZodRawShape),
    name,
    inputs: z.array(z.string()).min(1).max(1000).optional(),
  }),
)

/** A network as the spec of a job has it. */
const ResolvedTopology = z.strictObject({
  inputShape: z.array(z.int().min(1)).min(1).max(8),
  layers: z
    .array(z.discriminatedUnion('type', [firstLayer!, ...otherLayers]))
    .min(1)
    .max(1000)
    .superRefine((layers, context) => {
      const seen = new Set<string>()
      for (const [index, layer] of layers.entries()) {
        const message = `"${layer.name}" is the name of another layer too`
        if (seen.has(String(layer.name))) context.addIssue({ code: 'custom', path: [index, 'name'], message })
        seen.add(String(layer.name))
      }
    }),
})

/**
 * A network as a client gives it: in the form of Keras or TensorFlow.js, or in that of a resolved spec.
 * @param lossActivation of the loss that it is to be trained with; without it, that does not matter
 * @throws AppError `invalid_request` that names what cannot be trained here
 */
export function readTopology(json: unknown, lossActivation?: LossActivation): ReadModel {
  if (isResolved(json)) return { topology: resolvedTopology(json, lossActivation), warnings: [] }
  return lossActivation === undefined ? readModelOfAnyLoss(json) : readKerasModel(json, lossActivation)
}

function isResolved(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'inputShape' in json && !('class_name' in json)
}

/** Its last layer gives the logits already. */
function resolvedTopology(json: unknown, lossActivation: LossActivation | undefined): Topology {
  const topology = parseByZod(ResolvedTopology, json, ['model', 'topology']) as unknown as Topology
  checkTopology(topology, (place, message) => refuse(place.replace('.config', ''), message))
  const last = topology.layers.at(-1)! as LayerSpec & { activation?: string }
  if (lossActivation && lossActivation !== 'linear' && last.activation === lossActivation)
    refuse(
      `.layers.${topology.layers.length - 1}.activation`,
      `must be linear: the loss applies ${lossActivation} to what the last layer gives`,
    )
  return topology
}

function refuse(place: string, message: string): never {
  const path = `model.topology${place}`
  throw new AppError('invalid_request', `${path}: ${message}`, { mistakes: [{ path, message }] })
}
