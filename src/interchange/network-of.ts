import type { ModelRequest } from '#domain/model-spec.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { Topology } from '#network/topology.ts'
import type { ReadModel } from './keras/read-model.ts'
import { readTopology } from './read-topology.ts'

/**
 * The network of a model as a client gives it, whichever loss its last activation belongs to: variables do not depend on that.
 * @throws AppError `invalid_request` for one that is not trained here
 */
export function readNetwork(model: ModelRequest): ReadModel {
  return 'topology' in model ? readTopology(model.topology) : { topology: topologyOf(model), warnings: [] }
}

/** The same without its warnings. @throws AppError as `readNetwork` does */
export function networkOf(model: ModelRequest): Topology {
  return readNetwork(model).topology
}
