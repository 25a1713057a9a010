import type { Topology } from '#domain/model-spec.ts'
import type { PresetDefaults } from '#domain/training-spec.ts'
import { mnistLenet } from './mnist-lenet.ts'
import { mnistMlp } from './mnist-mlp.ts'
import type { PresetName } from './preset-names.ts'

/** An experiment of the original as a value: the network, and the spec fields that a request may leave out. */
export interface Preset {
  description: string
  topology: Topology
  defaults: PresetDefaults
}

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  'mnist-mlp': mnistMlp,
  'mnist-lenet': mnistLenet,
}
