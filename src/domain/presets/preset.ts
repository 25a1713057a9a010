import type { Topology } from '#domain/model-spec.ts'
import type { PresetDefaults } from '#domain/training-spec.ts'

/** An experiment of the original as a value: the network, and the spec fields that a request may leave out. */
export interface Preset {
  description: string
  topology: Topology
  defaults: PresetDefaults
}
