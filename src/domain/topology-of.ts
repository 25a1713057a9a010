import { placeLayers } from '#network/place-layers.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { elementCount } from '#network/shape.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'
import type { ModelSpec } from './model-spec.ts'

/** The network of a spec: the spec's topology, or that of the preset with the number of outputs in the spec. */
export function topologyOf(model: ModelSpec): Topology {
  if ('topology' in model) return model.topology
  const topology = PRESET_TOPOLOGIES[model.preset]
  if (model.classes === undefined) return topology
  const last = topology.layers.at(-1)!
  return {
    ...topology,
    layers: [...topology.layers.slice(0, -1), { ...last, units: model.classes } as LayerSpec],
  }
}

/** The number of outputs of the network. */
export function outputCount(model: ModelSpec): number {
  return elementCount(placeLayers(topologyOf(model)).at(-1)!.outputShape)
}

/** The name of the model in messages and logs. */
export function modelName(model: ModelSpec): string {
  return 'topology' in model ? 'own model' : model.preset
}
