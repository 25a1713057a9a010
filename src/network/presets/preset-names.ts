export const PRESET_NAMES = [
  'mnist-mlp',
  'mnist-lenet',
  'cifar10-cnn',
  'vgg16',
  'wrn-28-10',
  'resnet50',
] as const
export type PresetName = (typeof PRESET_NAMES)[number]
