import { type PlacedLayer, placeLayers } from './place-layers.ts'
import { definitionOf, type Topology } from './topology.ts'
import type { Statistic, Variable } from './variable.ts'

/** A topology with everything that follows from it. */
export interface Network {
  topology: Topology
  placed: readonly PlacedLayer[]
  /** In model order; each layer's kernel before its bias, its gamma before its beta. */
  variables: readonly Variable[]
  statistics: readonly Statistic[]
}

/** Whether each layer has variables or depends on a layer that has some: a gradient is needed only at the outputs of these layers. */
export function trainedLayers(placed: readonly PlacedLayer[]): boolean[] {
  const trained: boolean[] = []
  for (const place of placed) {
    const hasVariables = definitionOf(place.layer).variables(place).length > 0
    trained.push(hasVariables || place.inputs.some(input => trained[input]))
  }
  return trained
}

/** A submission asks for the same networks many times. */
const resolved = new WeakMap<Topology, Network>()

/** @throws Error as `placeLayers` does */
export function resolveNetwork(topology: Topology): Network {
  const known = resolved.get(topology)
  if (known) return known
  const network = resolve(topology)
  resolved.set(topology, network)
  return network
}

function resolve(topology: Topology): Network {
  const placed = placeLayers(topology)
  return {
    topology,
    placed,
    variables: placed.flatMap(place => definitionOf(place.layer).variables(place)),
    statistics: placed.flatMap(place => definitionOf(place.layer).statistics(place)),
  }
}
