import { mnistLenet } from './mnist-lenet.ts'
import { mnistMlp } from './mnist-mlp.ts'
import type { Preset } from './preset.ts'
import type { PresetName } from './preset-names.ts'

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  'mnist-mlp': mnistMlp,
  'mnist-lenet': mnistLenet,
}
