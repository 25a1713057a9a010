export const PRESET_NAMES = ['mnist-mlp', 'mnist-lenet'] as const
export type PresetName = (typeof PRESET_NAMES)[number]
