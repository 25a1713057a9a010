import type { ModelRequest, Topology } from './model-spec.ts'
import { topologyOf } from './presets/topology-of.ts'
import { readTopology } from './read-topology.ts'

/**
 * The network of a model as a client gives it, whichever loss its last activation belongs to: variables do not depend on that.
 * @throws AppError `invalid_request` for one that is not trained here
 */
export function networkOf(model: ModelRequest): Topology {
  return 'topology' in model ? readTopology(model.topology) : topologyOf(model)
}
