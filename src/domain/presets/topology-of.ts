import type { Layer, ModelSpec, Topology } from '#domain/model-spec.ts'
import { PRESETS } from './presets.ts'

/** The network that a spec names: the preset's, with as many outputs as the spec asks for. */
export function topologyOf({ preset, classes }: ModelSpec): Topology {
  const { topology } = PRESETS[preset]
  if (classes === undefined) return topology
  const last = topology.layers.at(-1)!
  return { ...topology, layers: [...topology.layers.slice(0, -1), { ...last, units: classes } as Layer] }
}

/** Outputs of the network. */
export function classCount(model: ModelSpec): number {
  const last = topologyOf(model).layers.at(-1)!
  return last.type === 'dense' ? last.units : 0
}
