import { placeLayers } from '#network/place-layers.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { elementCount } from '#network/shape.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'
import type { ModelSpec } from './model-spec.ts'

/** The network that a spec names: its own, or the preset's with as many outputs as the spec asks for. */
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

/** Outputs of the network. */
export function outputCount(model: ModelSpec): number {
  return elementCount(placeLayers(topologyOf(model)).at(-1)!.outputShape)
}

/** What to call it. */
export function modelName(model: ModelSpec): string {
  return 'topology' in model ? 'own model' : model.preset
}
