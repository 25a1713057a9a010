import type { ModelRequest } from '#domain/model-spec.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { Topology } from '#network/topology.ts'
import type { ReadModel } from './keras/read-model.ts'
import { readTopology } from './read-topology.ts'

/**
 * The network of a model in a client's request, for any loss that its last activation may belong to, because variables do not depend on the
 * loss.
 * @throws AppError `invalid_request` for an unsupported network
 */
export function readNetwork(model: ModelRequest): ReadModel {
  return 'topology' in model ? readTopology(model.topology) : { topology: topologyOf(model), warnings: [] }
}

/** The same without its warnings. @throws AppError as `readNetwork` does */
export function networkOf(model: ModelRequest): Topology {
  return readNetwork(model).topology
}
