import { invalidRequest } from '#domain/error.ts'
import type { LossActivation } from '#domain/loss.ts'
import { checkTopology } from '#network/check-topology.ts'
import { type LayerSpec, Topology } from '#network/topology.ts'
import { type ReadModel, readKerasModel, readModelOfAnyLoss } from './keras/read-model.ts'
import { parseByZod } from './parse-by-zod.ts'

/**
 * Reads a network from a client: in the form of Keras or TensorFlow.js, or in the form of a job's spec. @param lossActivation of the loss
 * that it will be trained with; if absent, any last activation is accepted
 * @throws AppError `invalid_request` that names what cannot be trained
 */
export function readTopology(json: unknown, lossActivation?: LossActivation): ReadModel {
  if (isResolved(json)) return { topology: resolvedTopology(json, lossActivation), warnings: [] }
  return lossActivation === undefined ? readModelOfAnyLoss(json) : readKerasModel(json, lossActivation)
}

function isResolved(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'inputShape' in json && !('class_name' in json)
}

/** The output of its last layer is already the logits. */
function resolvedTopology(json: unknown, lossActivation: LossActivation | undefined): Topology {
  const topology = parseByZod(Topology, json, ['model', 'topology'])
  checkTopology(topology, (place, message) => refuse(place.replace('.config', ''), message))
  const last = topology.layers.at(-1)! as LayerSpec & { activation?: string }
  if (lossActivation && lossActivation !== 'linear' && last.activation === lossActivation)
    refuse(
      `.layers.${topology.layers.length - 1}.activation`,
      `must be linear: the loss applies ${lossActivation} to the last layer's output`,
    )
  return topology
}

function refuse(place: string, message: string): never {
  throw invalidRequest(`model.topology${place}`, message)
}
